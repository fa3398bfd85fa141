/** What upstream sealed for a caller to bring back (`encrypted_content`): never opened, known by its digest alone. */
import { hash } from 'node:crypto';

/** The field that holds it, in calls and answers. */
export const SEALED_FIELD = 'encrypted_content';

/** The name of sealed content among objects: no id of upstream's looks so. */
export function sealedId(content: string): string {
  return `sealed_${hash('sha256', content, 'base64url')}`;
}
