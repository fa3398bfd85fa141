/**
 * AWS Systems Manager, parameter store: GetParameter, decrypted, signed by aws4fetch. Credentials come as AWS's own
 * tools look for them: the environment, then the container's, then the instance's role. Never kept beyond the call.
 */
import { readFileSync } from 'node:fs';
import { AwsClient } from 'aws4fetch';
import { z } from 'zod';
import { askForJson, askForText } from './secrets-http.ts';

type Variables = Readonly<Record<string, string | undefined>>;
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

const roleCredentials = z
  .object({ AccessKeyId: z.string(), SecretAccessKey: z.string(), Token: z.string().optional() })
  .transform(
    (found): Credentials => ({
      accessKeyId: found.AccessKeyId,
      secretAccessKey: found.SecretAccessKey,
      sessionToken: found.Token,
    }),
  );
const parameter = z.object({ Parameter: z.object({ Value: z.string() }) });

/** Link-local: where AWS answers a container, and an instance, about itself. */
const CONTAINER_ORIGIN = 'http://169.254.170.2';
const INSTANCE_ORIGIN = 'http://169.254.169.254';
const ROLE_PATH = '/latest/meta-data/iam/security-credentials/';

/**
 * The value of the parameter of this name (`/house/openai-key`, with `:version` or `:label` if wanted).
 * @throws Error without anything of the value
 */
export async function awsParameter(name: string, env: Variables): Promise<string> {
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
  if (!region) throw new Error('AWS_REGION is needed');
  const endpoint = env['AWS_ENDPOINT_URL_SSM'] || `https://ssm.${region}.amazonaws.com`;
  const { accessKeyId, secretAccessKey, sessionToken } = await credentialsOf(env);
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    service: 'ssm',
    region,
  });
  const request = await client.sign(`${endpoint}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter' },
    body: JSON.stringify({ Name: name, WithDecryption: true }),
  });
  return (await askForJson(request, parameter)).Parameter.Value;
}

async function credentialsOf(env: Variables): Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (accessKeyId && secretAccessKey)
    return { accessKeyId, secretAccessKey, sessionToken: env['AWS_SESSION_TOKEN'] || undefined };
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const container = relative ? CONTAINER_ORIGIN + relative : env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  return container ? await containerCredentials(container, env) : await instanceCredentials(env);
}

async function containerCredentials(url: string, env: Variables): Promise<Credentials> {
  const file = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  const token = file ? readFileSync(file, 'utf8').trim() : env['AWS_CONTAINER_AUTHORIZATION_TOKEN'];
  return await askForJson(url, roleCredentials, token ? { headers: { authorization: token } } : {});
}

/** The second version of the instance's metadata service: a token first. */
async function instanceCredentials(env: Variables): Promise<Credentials> {
  const origin = env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || INSTANCE_ORIGIN;
  const token = await askForText(`${origin}/latest/api/token`, {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
  });
  const headers = { 'x-aws-ec2-metadata-token': token };
  const [role = ''] = (await askForText(origin + ROLE_PATH, { headers })).split('\n');
  return await askForJson(origin + ROLE_PATH + encodeURIComponent(role.trim()), roleCredentials, { headers });
}
