/**
 * Tokens that vendors gave a shape of their own: prefix, alphabet, length. Facts from the vendors' documentation.
 * Each pattern is sticky, bounded, and matched only where its first two characters stand at the start of a word.
 */

export interface VendorRule {
  /** Type of the finding. */
  readonly type: string;
  /** Two characters or more that every such token starts with; the pattern starts with the same. */
  readonly prefix: string;
  readonly pattern: RegExp;
  /** For people: whose it is. */
  readonly vendor: string;
}

const END = '(?![A-Za-z0-9_])';

/** `body` is a bounded character class expression that follows the prefix. */
function rule(type: string, vendor: string, prefix: string, body: string): VendorRule {
  const literal = prefix.replace(/[.$|]/g, '\\$&');
  return { type, prefix, vendor, pattern: new RegExp(`${literal}${body}`, 'y') };
}

const word = (length: number | string): string => `[A-Za-z0-9]{${length}}${END}`;
const url = (length: number | string): string => `[A-Za-z0-9_-]{${length}}(?![A-Za-z0-9_-])`;
const hex = (length: number | string): string => `[a-f0-9]{${length}}${END}`;

export const VENDOR_RULES: readonly VendorRule[] = [
  rule('sallyport_key', 'Sallyport', 'sk-sp-', '[A-Za-z0-9_-]{20,128}'),
  rule('sallyport_admin_key', 'Sallyport', 'sp-admin-', '[A-Za-z0-9_-]{16,128}'),
  rule('anthropic_key', 'Anthropic', 'sk-ant-', '[A-Za-z0-9_-]{20,200}'),
  rule('openrouter_key', 'OpenRouter', 'sk-or-', '[A-Za-z0-9_-]{20,128}'),
  rule('openai_key', 'OpenAI', 'sk-proj-', '[A-Za-z0-9_-]{20,200}'),
  rule('openai_key', 'OpenAI', 'sk-svcacct-', '[A-Za-z0-9_-]{20,200}'),
  rule('openai_key', 'OpenAI', 'sk-admin-', '[A-Za-z0-9_-]{20,200}'),
  rule('openai_key', 'OpenAI', 'sk-', '(?=[A-Za-z-]{0,30}[0-9])[A-Za-z0-9]{20,128}(?![A-Za-z0-9_-])'),
  rule('github_token', 'GitHub', 'ghp_', word('36,255')),
  rule('github_token', 'GitHub', 'gho_', word('36,255')),
  rule('github_token', 'GitHub', 'ghu_', word('36,255')),
  rule('github_token', 'GitHub', 'ghs_', word('36,255')),
  rule('github_token', 'GitHub', 'ghr_', word('36,255')),
  rule('github_token', 'GitHub', 'github_pat_', '[A-Za-z0-9_]{36,255}'),
  rule('gitlab_token', 'GitLab', 'glpat-', '[A-Za-z0-9_.-]{20,64}'),
  rule('gitlab_token', 'GitLab', 'glptt-', '[A-Za-z0-9_-]{20,64}'),
  rule('gitlab_token', 'GitLab', 'gldt-', '[A-Za-z0-9_-]{20,64}'),
  rule('gitlab_token', 'GitLab', 'glrt-', '[A-Za-z0-9_-]{20,64}'),
  rule('gitlab_token', 'GitLab', 'glcbt-', '[A-Za-z0-9_-]{20,64}'),
  rule('gitlab_token', 'GitLab', 'glsoat-', '[A-Za-z0-9_-]{20,64}'),
  rule(
    'slack_token',
    'Slack',
    'xox',
    '[abeoprs](?:\\.xox[bp])?-(?=[A-Za-z-]{0,30}[0-9])[A-Za-z0-9-]{10,200}',
  ),
  rule('slack_token', 'Slack', 'xapp-', '[0-9]-[A-Za-z0-9-]{20,160}'),
  rule('aws_access_key', 'AWS', 'AKIA', `[A-Z2-7]{16}${END}`),
  rule('aws_access_key', 'AWS', 'ASIA', `[A-Z2-7]{16}${END}`),
  rule('aws_access_key', 'AWS', 'ABIA', `[A-Z2-7]{16}${END}`),
  rule('google_api_key', 'Google', 'AIza', url(35)),
  rule('google_oauth_token', 'Google', 'ya29.', '[A-Za-z0-9_-]{20,500}'),
  rule('google_oauth_secret', 'Google', 'GOCSPX-', url(28)),
  rule('stripe_key', 'Stripe', 'sk_live_', word('16,247')),
  rule('stripe_key', 'Stripe', 'sk_test_', word('16,247')),
  rule('stripe_key', 'Stripe', 'rk_live_', word('16,247')),
  rule('stripe_key', 'Stripe', 'rk_test_', word('16,247')),
  rule('stripe_webhook_secret', 'Stripe', 'whsec_', '[A-Za-z0-9+/]{24,100}'),
  rule('sendgrid_key', 'SendGrid', 'SG.', '[A-Za-z0-9_=-]{16,24}\\.[A-Za-z0-9_=-]{32,66}'),
  rule('npm_token', 'npm', 'npm_', word(36)),
  rule('pypi_token', 'PyPI', 'pypi-', '[A-Za-z0-9_-]{50,500}'),
  rule('rubygems_key', 'RubyGems', 'rubygems_', hex(48)),
  rule('huggingface_token', 'Hugging Face', 'hf_', word('30,40')),
  rule('huggingface_token', 'Hugging Face', 'api_org_', word(34)),
  rule('digitalocean_token', 'DigitalOcean', 'dop_v1_', hex(64)),
  rule('digitalocean_token', 'DigitalOcean', 'doo_v1_', hex(64)),
  rule('digitalocean_token', 'DigitalOcean', 'dor_v1_', hex(64)),
  rule('twilio_key', 'Twilio', 'SK', hex(32)),
  rule('twilio_account', 'Twilio', 'AC', hex(32)),
  rule('mailgun_key', 'Mailgun', 'key-', hex(32)),
  rule('mailgun_key', 'Mailgun', 'pubkey-', hex(32)),
  rule('shopify_token', 'Shopify', 'shp', '(?:at|ca|pa|ss)_[a-fA-F0-9]{32}'),
  rule('square_token', 'Square', 'sq0', '(?:atp|csp)-[A-Za-z0-9_-]{22,43}'),
  rule('square_token', 'Square', 'EAAA', url('58,60')),
  rule('grafana_token', 'Grafana', 'glsa_', '[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}'),
  rule('grafana_token', 'Grafana', 'glc_', '[A-Za-z0-9+/]{32,400}={0,3}'),
  rule('databricks_token', 'Databricks', 'dapi', `[a-f0-9]{32}(?:-\\d)?${END}`),
  rule('doppler_token', 'Doppler', 'dp.pt.', word(43)),
  rule('linear_key', 'Linear', 'lin_api_', word(40)),
  rule('notion_key', 'Notion', 'ntn_', word('40,50')),
  rule('notion_key', 'Notion', 'secret_', word(43)),
  rule('postman_key', 'Postman', 'PMAK-', '[a-fA-F0-9]{24}-[a-fA-F0-9]{34}'),
  rule('sentry_token', 'Sentry', 'sntrys_', '[A-Za-z0-9+/=_]{40,500}'),
  rule('sentry_token', 'Sentry', 'sntryu_', hex(64)),
  rule('vault_token', 'HashiCorp Vault', 'hvs.', '[A-Za-z0-9_-]{24,200}'),
  rule('vault_token', 'HashiCorp Vault', 'hvb.', '[A-Za-z0-9_-]{100,300}'),
  rule('newrelic_key', 'New Relic', 'NRAK-', word(27)),
  rule('newrelic_key', 'New Relic', 'NRJS-', hex(19)),
  rule('newrelic_key', 'New Relic', 'NRII-', url(32)),
  rule('pulumi_token', 'Pulumi', 'pul-', hex(40)),
  rule('planetscale_token', 'PlanetScale', 'pscale_', '(?:tkn|pw|oauth)_[A-Za-z0-9=._-]{32,64}'),
  rule('prefect_key', 'Prefect', 'pn', 'u_[A-Za-z0-9]{36}(?![A-Za-z0-9_])'),
  rule('readme_key', 'ReadMe', 'rdme_', word(70)),
  rule('artifactory_key', 'Artifactory', 'AKCp', word(69)),
  rule('atlassian_token', 'Atlassian', 'ATATT3', '[A-Za-z0-9_=-]{60,300}'),
  rule('dropbox_token', 'Dropbox', 'sl.', '[A-Za-z0-9_=-]{135,200}'),
  rule(
    'discord_webhook',
    'Discord',
    'discord',
    '(?:app)?\\.com/api/webhooks/\\d{17,20}/[A-Za-z0-9_-]{60,80}',
  ),
  rule('slack_webhook', 'Slack', 'hooks.slack.com/', '(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,80}'),
  rule('groq_key', 'Groq', 'gsk_', word(52)),
  rule('xai_key', 'xAI', 'xai-', word(80)),
  rule('perplexity_key', 'Perplexity', 'pplx-', word('32,64')),
  rule('replicate_token', 'Replicate', 'r8_', word('37,40')),
  rule('age_key', 'age', 'AGE-SECRET-KEY-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}'),
  rule('onepassword_token', '1Password', 'ops_eyJ', '[A-Za-z0-9+/]{200,2000}={0,3}'),
  rule(
    'jwt',
    'JSON Web Token',
    'eyJ',
    '[A-Za-z0-9_-]{10,2000}\\.eyJ[A-Za-z0-9_-]{10,4000}(?:\\.[A-Za-z0-9_-]{10,1000})?',
  ),
];

/** The rules by the first two characters of their prefix, in the order of the table. */
export const RULES_BY_START: ReadonlyMap<number, readonly VendorRule[]> = Map.groupBy(
  VENDOR_RULES,
  ({ prefix }) => startOf(prefix, 0),
);

/** Two characters as one number. */
export function startOf(text: string, at: number): number {
  return (text.charCodeAt(at) << 16) | text.charCodeAt(at + 1);
}
