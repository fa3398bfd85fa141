/**
 * Administration of the account: who may do what upstream, its keys, its bills. Never relayed, whatever is configured:
 * a caller of the gateway is no administrator of the account behind it.
 */
import type { Endpoint, Method } from '../endpoint.ts';
import { BYTES } from './family.ts';

/** One path a line, with its methods. */
const OPERATIONS = `
/organization/admin_api_keys GET POST
/organization/admin_api_keys/{key_id} GET DELETE
/organization/audit_logs GET
/organization/certificates GET POST
/organization/certificates/activate POST
/organization/certificates/deactivate POST
/organization/certificates/{certificate_id} GET POST DELETE
/organization/costs GET
/organization/data_retention GET POST
/organization/groups GET POST
/organization/groups/{group_id} GET POST DELETE
/organization/groups/{group_id}/roles GET POST
/organization/groups/{group_id}/roles/{role_id} GET DELETE
/organization/groups/{group_id}/users GET POST
/organization/groups/{group_id}/users/{user_id} GET DELETE
/organization/invites GET POST
/organization/invites/{invite_id} GET DELETE
/organization/projects GET POST
/organization/projects/{project_id} GET POST
/organization/projects/{project_id}/api_keys GET
/organization/projects/{project_id}/api_keys/{api_key_id} GET DELETE
/organization/projects/{project_id}/archive POST
/organization/projects/{project_id}/certificates GET
/organization/projects/{project_id}/certificates/activate POST
/organization/projects/{project_id}/certificates/deactivate POST
/organization/projects/{project_id}/data_retention GET POST
/organization/projects/{project_id}/groups GET POST
/organization/projects/{project_id}/groups/{group_id} GET DELETE
/organization/projects/{project_id}/hosted_tool_permissions GET POST
/organization/projects/{project_id}/model_permissions GET POST DELETE
/organization/projects/{project_id}/rate_limits GET
/organization/projects/{project_id}/rate_limits/{rate_limit_id} POST
/organization/projects/{project_id}/service_accounts GET POST
/organization/projects/{project_id}/service_accounts/{service_account_id} GET POST DELETE
/organization/projects/{project_id}/service_accounts/{service_account_id}/api_keys POST
/organization/projects/{project_id}/spend_alerts GET POST
/organization/projects/{project_id}/spend_alerts/{alert_id} GET POST DELETE
/organization/projects/{project_id}/spend_limit GET POST DELETE
/organization/projects/{project_id}/users GET POST
/organization/projects/{project_id}/users/{user_id} GET POST DELETE
/organization/roles GET POST
/organization/roles/{role_id} GET POST DELETE
/organization/spend_alerts GET POST
/organization/spend_alerts/{alert_id} GET POST DELETE
/organization/spend_limit GET POST DELETE
/organization/usage/audio_speeches GET
/organization/usage/audio_transcriptions GET
/organization/usage/code_interpreter_sessions GET
/organization/usage/completions GET
/organization/usage/embeddings GET
/organization/usage/file_search_calls GET
/organization/usage/images GET
/organization/usage/moderations GET
/organization/usage/vector_stores GET
/organization/usage/web_search_calls GET
/organization/users GET
/organization/users/{user_id} GET POST DELETE
/organization/users/{user_id}/roles GET POST
/organization/users/{user_id}/roles/{role_id} GET DELETE
/projects/{project_id}/groups/{group_id}/roles GET POST
/projects/{project_id}/groups/{group_id}/roles/{role_id} GET DELETE
/projects/{project_id}/roles GET POST
/projects/{project_id}/roles/{role_id} GET POST DELETE
/projects/{project_id}/users/{user_id}/roles GET POST
/projects/{project_id}/users/{user_id}/roles/{role_id} GET DELETE
`;

const METHODS: readonly Method[] = ['GET', 'POST', 'DELETE'];

const refused = 'Administers the account itself, which is not a thing for callers of the gateway.';

export const ADMINISTRATION: readonly Endpoint[] = OPERATIONS.trim()
  .split('\n')
  .flatMap((line) => {
    const [path = '', ...methods] = line.split(' ');
    return METHODS.filter((method) => methods.includes(method)).map((method) => administration(method, path));
  });

function administration(method: Method, path: string): Endpoint {
  return {
    id: `administration.${method.toLowerCase()}${path.replaceAll('{', ':').replaceAll('}', '').replaceAll('/', '.')}`,
    group: 'administration',
    method,
    path,
    query: [],
    body: 'none',
    shape: 'none',
    answer: 'json',
    streams: false,
    model: 'none',
    cost: 'free',
    bodyBytesMax: BYTES.none,
    refused,
  };
}
