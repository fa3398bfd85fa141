/** Google Cloud Secret Manager, as the service account of the machine or pod that this runs on. Keeps nothing. */
import { z } from 'zod';
import { askForJson } from './secrets-http.ts';

type Variables = Readonly<Record<string, string | undefined>>;

const token = z.object({ access_token: z.string().min(1) });
const version = z.object({ payload: z.object({ data: z.base64() }) });
const NAME = /^projects\/[\w.:-]+\/(?:locations\/[\w-]+\/)?secrets\/[\w-]+\/versions\/[\w-]+$/;
const TOKEN_PATH = '/computeMetadata/v1/instance/service-accounts/default/token';

/**
 * The value of a version: `projects/P/secrets/S/versions/latest`.
 * @throws Error without anything of the value
 */
export async function gcpSecret(name: string, env: Variables): Promise<string> {
  if (!NAME.test(name)) throw new Error('must be gcp-sm:projects/P/secrets/S/versions/V');
  const metadata = env['GCE_METADATA_HOST'] || 'metadata.google.internal';
  const { access_token } = await askForJson(`http://${metadata}${TOKEN_PATH}`, token, {
    headers: { 'metadata-flavor': 'Google' },
  });
  const origin =
    env['CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER'] || 'https://secretmanager.googleapis.com/';
  const url = new URL(`/v1/${name}:access`, origin).href;
  const { payload } = await askForJson(url, version, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  return Buffer.from(payload.data, 'base64').toString('utf8');
}
