/**
 * Tokens that vendors gave a shape of their own: facts from the vendors' documentation, one line a kind:
 * type | vendor | prefixes, by spaces | what follows the prefix, bounded.
 *
 * What follows: a class and its lengths, or an expression between slashes. Classes: w letters and digits, u those with
 * `_` and `-`, h small hex, H hex of both cases, U capitals and digits, b Base64 with its padding. Each but `b` ends
 * where a token ends. In an expression `,` is a bound's own; it must hold no unbounded repetition.
 */
export const VENDOR_LINES = `
sallyport_key         | Sallyport       | sk-sp-                                            | /[A-Za-z0-9_-]{20,128}/
sallyport_secret      | Sallyport       | ek_sp_                                            | /[A-Za-z0-9_-]{64,12288}/
sallyport_admin_key   | Sallyport       | sp-admin-                                         | /[A-Za-z0-9_-]{16,128}/

jwt                   | JSON Web Token  | eyJ                                               | /[A-Za-z0-9_-]{8,2000}\\.eyJ[A-Za-z0-9_-]{8,4000}(?:\\.[A-Za-z0-9_-]{0,1400})?/

anthropic_key         | Anthropic       | sk-ant-                                           | /[A-Za-z0-9_-]{20,200}/
openrouter_key        | OpenRouter      | sk-or-                                            | /[A-Za-z0-9_-]{20,128}/
openai_key            | OpenAI          | sk-proj- sk-svcacct- sk-admin- sk-service- sk-None- | /[A-Za-z0-9_-]{20,200}/
openai_key            | OpenAI          | sess-                                             | w40
openai_key            | OpenAI          | sk-                                               | /(?=[A-Za-z]{0,30}[0-9])[A-Za-z0-9]{20,128}(?![A-Za-z0-9_-])/
groq_key              | Groq            | gsk_                                              | w52
xai_key               | xAI             | xai-                                              | w80
perplexity_key        | Perplexity      | pplx-                                             | w32,64
replicate_token       | Replicate       | r8_                                               | w37,40
huggingface_token     | Hugging Face    | hf_                                               | w30,40
huggingface_token     | Hugging Face    | api_org_                                          | w34
fireworks_key         | Fireworks AI    | fw_                                               | w22,48
cerebras_key          | Cerebras        | csk-                                              | w40,60
nvidia_key            | NVIDIA          | nvapi-                                            | u60,70
tavily_key            | Tavily          | tvly-                                             | u32,48
firecrawl_key         | Firecrawl       | fc-                                               | h32
langsmith_key         | LangSmith       | lsv2_pt_ lsv2_sk_ ls__                            | /[a-f0-9]{32}(?:_[a-f0-9]{10})?(?![A-Za-z0-9_])/
langfuse_key          | Langfuse        | sk-lf- pk-lf-                                     | /[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}/
pinecone_key          | Pinecone        | pcsk_                                             | /[A-Za-z0-9]{5,10}_[A-Za-z0-9]{50,80}/
wandb_key             | Weights & Biases| wandb_v1_                                         | u40,90
elevenlabs_key        | ElevenLabs      | sk_                                               | h48
e2b_key               | E2B             | e2b_                                              | h40
jina_key              | Jina            | jina_                                             | u40,80
cursor_key            | Cursor          | key_                                              | h64

github_token          | GitHub          | ghp_ gho_ ghu_ ghs_ ghr_                          | w36,255
github_token          | GitHub          | github_pat_                                       | /[A-Za-z0-9_]{36,255}/
github_token          | GitHub          | v1.                                               | h40
gitlab_token          | GitLab          | glpat- glsoat- glrt- glcbt- gldt- glft- glptt- glimt- glagent- glffct- gloas- glwt- | /[A-Za-z0-9_.-]{18,80}/
gitlab_token          | GitLab          | GR1348941                                         | u20,50
gitlab_token          | GitLab          | _gitlab_session=                                  | h32
bitbucket_token       | Bitbucket       | ATBB                                              | w28,36
bitbucket_token       | Bitbucket       | BBDC-                                             | /[A-Za-z0-9+/]{40,60}/
atlassian_token       | Atlassian       | ATATT3 ATCTT3 ATSTT3                              | /[A-Za-z0-9_=-]{60,300}/
sourcegraph_token     | Sourcegraph     | sgp_                                              | /(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}(?![A-Za-z0-9])/
npm_token             | npm             | npm_                                              | w36
pypi_token            | PyPI            | pypi-AgE pypi-                                    | u50,500
rubygems_key          | RubyGems        | rubygems_                                         | h48
clojars_token         | Clojars         | CLOJARS_                                          | /[a-zA-Z0-9]{60}(?![A-Za-z0-9])/
crates_token          | crates.io       | cio                                               | w32
nuget_key             | NuGet           | oy2                                               | /[a-z0-9]{43}(?![A-Za-z0-9])/
artifactory_key       | Artifactory     | AKCp                                              | w66,80
artifactory_token     | Artifactory     | cmVmdGtu                                          | w56
docker_token          | Docker          | dckr_pat_ dckr_oat_                               | u27,40
buildkite_token       | Buildkite       | bkua_                                             | h40
buildkite_token       | Buildkite       | bkpt_ bkaj_ bkcp_                                 | w32,64
circleci_token        | CircleCI        | CCIPAT_ CCIPRJ_                                   | /[A-Za-z0-9]{20,30}_[a-f0-9]{40}/
jfrog_token           | JFrog           | reftkn:                                           | /[0-9]{2}:[0-9]{10}:[A-Za-z0-9]{20,40}/
readme_key            | ReadMe          | rdme_                                             | w70
snyk_token            | Snyk            | snyk_uat. snyk_sat.                               | /[A-Za-z0-9_.-]{40,300}/
sonar_token           | SonarQube       | squ_ sqp_ sqa_                                    | w40
vault_token           | HashiCorp Vault | s.                                                | /(?=[A-Za-z]{0,20}[0-9])[A-Za-z0-9]{24}(?![A-Za-z0-9_.-])/
vault_token           | HashiCorp Vault | hvs. hvb. hvr.                                    | /[A-Za-z0-9_-]{24,300}/
pulumi_token          | Pulumi          | pul-                                              | h40
infracost_key         | Infracost       | ico-                                              | w32
scalingo_token        | Scalingo        | tk-us-                                            | u48
prefect_key           | Prefect         | pnu_ pnb_                                         | w36
postman_key           | Postman         | PMAK-                                             | /[a-fA-F0-9]{24}-[a-fA-F0-9]{34}/
doppler_token         | Doppler         | dp.pt. dp.st. dp.ct. dp.scim. dp.audit. dp.sa.    | /(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}(?![A-Za-z0-9])/
infisical_token       | Infisical       | st.                                               | /[a-f0-9]{24}\\.[a-f0-9]{32}\\.[a-f0-9]{32}/
onepassword_token     | 1Password       | ops_eyJ                                           | b200,2000
onepassword_key       | 1Password       | A3-                                               | /[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}(?![A-Za-z0-9])/
age_key               | age             | AGE-SECRET-KEY-1                                  | /[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}/
typeform_token        | Typeform        | tfp_                                              | /[A-Za-z0-9_.=-]{40,70}/
figma_token           | Figma           | figd_ figo_                                       | u38,60
linear_key            | Linear          | lin_api_ lin_oauth_                               | w32,64
notion_key            | Notion          | ntn_                                              | w40,50
notion_key            | Notion          | secret_                                           | w43
airtable_token        | Airtable        | pat                                               | /[A-Za-z0-9]{14}\\.[a-f0-9]{64}(?![A-Za-z0-9])/
asana_token           | Asana           | 1/ 2/                                             | /[0-9]{13,16}(?:\\/[0-9]{13,16})?:[a-f0-9]{32}(?![A-Za-z0-9])/
clickup_token         | ClickUp         | pk_                                               | /[0-9]{6,9}_[A-Z0-9]{32}(?![A-Za-z0-9])/
contentful_token      | Contentful      | CFPAT-                                            | u43
harness_token         | Harness         | pat. sat.                                         | /[A-Za-z0-9_-]{22}\\.[a-f0-9]{24}\\.[A-Za-z0-9]{20}(?![A-Za-z0-9])/
duffel_token          | Duffel          | duffel_test_ duffel_live_                         | /[A-Za-z0-9_=-]{43}(?![A-Za-z0-9])/
intra42_secret        | 42 Intra        | s-s4t2ud- s-s4t2af-                               | h64
launchdarkly_key      | LaunchDarkly    | api- sdk- mob-                                    | /[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}(?![A-Za-z0-9])/
settlemint_token      | SettleMint      | sm_aat_ sm_pat_ sm_sat_                           | w16
stytch_secret         | Stytch          | secret-live- secret-test-                         | /[A-Za-z0-9_=-]{35,48}/
clerk_key             | Clerk           | sk_live_ sk_test_                                 | w40,60
supabase_key          | Supabase        | sbp_ sb_secret_                                   | /[A-Za-z0-9_-]{30,60}/
neon_key              | Neon            | napi_                                             | w64
convex_key            | Convex          | prod:                                             | /[a-z]{3,12}-[a-z]{3,12}-[0-9]{2,4}\\|[A-Za-z0-9+/=]{40,200}/
`;

/** Clouds, monitoring, money, messages. */
export const VENDOR_LINES_BUSINESS = `
aws_access_key        | AWS             | AKIA ASIA ABIA ACCA A3T                           | /[A-Z0-9]{16,17}(?![A-Za-z0-9_])/
aws_bedrock_key       | AWS             | ABSK                                              | b109,269
aws_bedrock_key       | AWS             | bedrock-api-key-                                  | /YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/=]{0,400}/
aws_session_token     | AWS             | IQoJb3JpZ2lu FwoGZXIvYXdz FQoGZXIvYXdz            | b100,2000
aws_mws_token         | AWS             | amzn.mws.                                         | /[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}/
google_api_key        | Google          | AIza                                              | u35
google_oauth_token    | Google          | ya29.                                             | /[A-Za-z0-9_-]{20,500}/
google_oauth_token    | Google          | 1//0                                              | u40,110
google_api_key        | Google          | AQ.Ab8                                            | u30,80
google_oauth_secret   | Google          | GOCSPX-                                           | u28
digitalocean_token    | DigitalOcean    | dop_v1_ doo_v1_ dor_v1_                           | h64
alibaba_key           | Alibaba Cloud   | LTAI                                              | w12,24
tencent_key           | Tencent Cloud   | AKID                                              | w32
yandex_key            | Yandex          | AQVN                                              | u35,38
yandex_token          | Yandex          | t1.9eu y0_                                        | /[A-Za-z0-9_.=-]{40,260}/
ibm_key               | IBM Cloud       | ApiKey-                                           | /[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}/
hetzner_token         | Hetzner         | hcloud_                                           | w64
linode_token          | Linode          | lin_pat_                                          | h64
scaleway_key          | Scaleway        | SCW                                               | /[A-Z0-9]{17}(?![A-Za-z0-9_])/
heroku_key            | Heroku          | HRKU-                                             | u58,64
fly_token             | Fly.io          | fo1_                                              | u43
fly_token             | Fly.io          | fm1_ fm1a_ fm1r_ fm2_                             | b100,700
render_key            | Render          | rnd_                                              | w28,40
netlify_token         | Netlify         | nfp_ nfc_ nfo_                                    | w36,40
vercel_token          | Vercel          | vcp_ vci_ vca_ vcr_ vck_                          | w24,64
vercel_token          | Vercel          | vercel_blob_rw_                                   | /[A-Za-z0-9]{16}_[A-Za-z0-9]{24,32}/
cloudflare_key        | Cloudflare      | v1.0-                                             | /[a-f0-9]{24}-[a-f0-9]{146}(?![a-f0-9])/
cloudflare_key        | Cloudflare      | cfut_ cfat_ cfk_                                  | w40,60
openshift_token       | OpenShift       | sha256~                                           | u43
databricks_token      | Databricks      | dapi                                              | /[a-f0-9]{32}(?:-[0-9])?(?![A-Za-z0-9_])/
planetscale_token     | PlanetScale     | pscale_tkn_ pscale_pw_ pscale_oauth_              | /[A-Za-z0-9=._-]{32,64}/
grafana_token         | Grafana         | glsa_                                             | /[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}/
grafana_token         | Grafana         | glc_                                              | b32,400
grafana_key           | Grafana         | eyJrIjoi                                          | b70,400
newrelic_key          | New Relic       | NRAK-                                             | w27
newrelic_key          | New Relic       | NRJS-                                             | h19
newrelic_key          | New Relic       | NRII-                                             | u32
newrelic_key          | New Relic       | NRRA-                                             | h42
dynatrace_token       | Dynatrace       | dt0c01. dt0s01. dt0s02.                           | /[A-Z0-9]{24}\\.[A-Z0-9]{64}(?![A-Za-z0-9])/
sentry_token          | Sentry          | sntrys_                                           | /[A-Za-z0-9+/=_]{40,500}/
sentry_token          | Sentry          | sntryu_                                           | h64
honeycomb_key         | Honeycomb       | hcaik_ hcxik_ hcxlk_ hcamk_                       | w40,64
posthog_key           | PostHog         | phc_ phx_ phs_                                    | w39,50
rollbar_token         | Rollbar         | post_server_item:                                 | h32
logfire_token         | Logfire         | pylf_v1_                                          | /(?:us|eu)_[A-Za-z0-9]{30,50}/
stripe_key            | Stripe          | sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ | w10,247
stripe_webhook_secret | Stripe          | whsec_                                            | b24,100
square_token          | Square          | sq0atp- sq0csp- sq0idp-                           | /[A-Za-z0-9_-]{22,43}/
square_token          | Square          | EAAA                                              | u58,60
facebook_token        | Facebook        | EAAM EAAC EAACEdEose0cBA EAA                      | w100,400
twitter_token         | Twitter         | AAAAAAAAAAAAAAAAAAAAA                             | /[A-Za-z0-9%]{50,110}(?![A-Za-z0-9%])/
instagram_token       | Instagram       | IGQV IGQW                                         | u100,300
shopify_token         | Shopify         | shpat_ shpca_ shppa_ shpss_ shptka_               | H32
paypal_token          | PayPal          | access_token$production$ access_token$sandbox$    | /[a-z0-9]{16}\\$[a-f0-9]{32}/
razorpay_key          | Razorpay        | rzp_live_ rzp_test_                               | w14
flutterwave_key       | Flutterwave     | FLWSECK_TEST- FLWSECK- FLWPUBK_TEST-              | /[a-zA-Z0-9]{12,40}(?:-X)?/
paystack_key          | Paystack        | sk_live_ sk_test_                                 | h40
plaid_token           | Plaid           | access-sandbox- access-development- access-production- | /[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}/
gocardless_token      | GoCardless      | live_                                             | /(?=[A-Za-z_-]{0,24}[0-9])[A-Za-z0-9_=-]{40}(?![A-Za-z0-9_=-])/
mollie_key            | Mollie          | live_ test_                                       | w30
lob_key               | Lob             | live_ test_                                       | h35
adyen_key             | Adyen           | AQE                                               | /[A-Za-z0-9+/=*.-]{120,400}/
checkout_key          | Checkout.com    | sk_sbox_                                          | /[a-z0-9*#$=]{26,32}/
easypost_token        | EasyPost        | EZAK EZTK                                         | w54
shippo_token          | Shippo          | shippo_live_ shippo_test_                         | H40
sendgrid_key          | SendGrid        | SG.                                               | /[A-Za-z0-9_=-]{16,24}\\.[A-Za-z0-9_=-]{32,66}/
sendinblue_key        | Brevo           | xkeysib- xsmtpsib-                                | /[a-f0-9]{64}-[A-Za-z0-9]{16}(?![A-Za-z0-9])/
mailgun_key           | Mailgun         | key- pubkey-                                      | h32
resend_key            | Resend          | re_                                               | /(?=[A-Za-z_]{0,30}[0-9])[A-Za-z0-9]{8}_[A-Za-z0-9]{24}(?![A-Za-z0-9])/
twilio_key            | Twilio          | SK                                                | h32
twilio_account        | Twilio          | AC                                                | h32
slack_token           | Slack           | xoxb- xoxa- xoxp- xoxo- xoxr- xoxs- xoxe- xoxc-  | /(?:[0-9]{1,2}-)?[0-9]{6,16}-[A-Za-z0-9-]{12,200}/
slack_token           | Slack           | xoxd-                                             | /[A-Za-z0-9%/+=]{40,400}/
slack_token           | Slack           | xoxe- xoxe.xoxp- xoxe.xoxb-                       | /[0-9]-[A-Za-z0-9]{100,400}/
slack_token           | Slack           | xapp-                                             | /[0-9]-[A-Za-z0-9-]{20,160}/
slack_webhook         | Slack           | hooks.slack.com/                                  | /(?:services|workflows|triggers)\\/[A-Za-z0-9+/]{20,80}/
discord_webhook       | Discord         | discord.com/api/webhooks/ discordapp.com/api/webhooks/ | /\\d{17,20}\\/[A-Za-z0-9_-]{60,80}/
teams_webhook         | Microsoft Teams | webhook.office.com/webhookb2/                     | /[a-f0-9-]{36}@[a-f0-9-]{36}\\/IncomingWebhook\\/[a-f0-9]{32}\\/[a-f0-9-]{36}/
zapier_webhook        | Zapier          | hooks.zapier.com/hooks/catch/                     | /[0-9]{5,10}\\/[A-Za-z0-9]{6,10}/
dropbox_token         | Dropbox         | sl. sl.u.                                         | /[A-Za-z0-9_=-]{130,1200}/
hubspot_token         | HubSpot         | pat-na1- pat-na2- pat-eu1-                        | /[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}/
intercom_token        | Intercom        | dG9rO                                             | b50,80
frameio_token         | Frame.io        | fio-u-                                            | /[A-Za-z0-9_=-]{64}(?![A-Za-z0-9])/
adobe_secret          | Adobe           | p8e-                                              | u32
definednetworking_key | Defined Networking | dnkey-                                         | /[a-z0-9=_-]{26}-[a-z0-9=_-]{52}/
infura_key            | Infura          | infura.io/v3/ infura.io/ws/v3/                    | h32
alchemy_key           | Alchemy         | alchemy.com/v2/ alchemyapi.io/v2/                 | u32
atlas_secret          | MongoDB Atlas   | mdb_sa_sk_                                        | u36,48
klaviyo_key           | Klaviyo         | pk_                                               | h34
segment_token         | Segment         | sgp_                                              | w64
polar_token           | Polar           | polar_oat_                                        | w40,50
together_key          | Together AI     | tgp_v1_                                           | u40,50
adafruit_key          | Adafruit        | aio_                                              | w28
mapbox_token          | Mapbox          | sk.eyJ tk.eyJ                                     | /[A-Za-z0-9_-]{40,160}\\.[A-Za-z0-9_-]{18,30}/
apify_token           | Apify           | apify_api_                                        | w30,40
salesforce_token      | Salesforce      | 00D                                               | /[A-Za-z0-9]{12,15}![A-Za-z0-9_.]{80,120}/
okta_token            | Okta            | SSWS                                              | / 00[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])/
coinbase_key          | Coinbase        | organizations/                                    | /[a-f0-9-]{36}\\/apiKeys\\/[a-f0-9-]{36}/
tailscale_key         | Tailscale       | tskey-auth- tskey-api- tskey-client- tskey-scim- tskey-webhook- | /[A-Za-z0-9]{8,20}-[A-Za-z0-9]{20,40}/
authress_key          | Authress        | sc_ ext_ scauth_ authress_                        | /[A-Za-z0-9]{5,30}\\.[A-Za-z0-9]{4,6}\\.(?:acc)[_-][a-z0-9-]{10,32}\\.[A-Za-z0-9+/_=-]{30,120}/
endor_token           | Endor Labs      | endr+                                             | u16
`;
