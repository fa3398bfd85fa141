/**
 * What OCSF 1.3.0 publishes of the classes that are used: attributes, types, what is required, which one of several must
 * be there. Strict: an attribute that the schema does not have is a fault, but below `unmapped`.
 */
import { z } from 'zod';

const text = z.string();
const timestamp = z.int().min(0);
const product = z.strictObject({ name: text.optional(), vendor_name: text, version: text.optional() });
const service = z.strictObject({ name: text.optional(), uid: text.optional(), version: text.optional() });
const endpoint = z
  .strictObject({ ip: z.union([z.ipv4(), z.ipv6()]).optional(), name: text.optional() })
  .refine(({ ip, name }) => ip !== undefined || name !== undefined, 'at least one');
const user = z
  .strictObject({ name: text.optional(), uid: text.optional(), credential_uid: text.optional() })
  .refine(({ name, uid }) => name !== undefined || uid !== undefined, 'at least one');
const actor = z.strictObject({ user });
const api = z.strictObject({
  operation: text,
  service: service.optional(),
  request: z.strictObject({ uid: text }).optional(),
});
const base = {
  class_name: text.optional(),
  activity_name: text.optional(),
  time: timestamp,
  severity_id: z.literal([0, 1, 2, 3, 4, 5, 6, 99]),
  status: text.optional(),
  status_code: text.optional(),
  message: text.optional(),
  metadata: z.strictObject({
    version: z.literal('1.3.0'),
    product,
    uid: text.optional(),
    sequence: z.int().optional(),
    log_name: text.optional(),
    original_time: text.optional(),
    correlation_uid: text.optional(),
  }),
  unmapped: z.record(text, z.unknown()).optional(),
};
const outcome = { status_id: z.literal([0, 1, 2, 99]).optional() };
const kind = <const Category extends number, const Class extends number>(category: Category, uid: Class) => ({
  category_uid: z.literal(category),
  class_uid: z.literal(uid),
  type_uid: z.int(),
  ...base,
});

const apiActivity = z.strictObject({
  ...kind(6, 6003),
  ...outcome,
  activity_id: z.literal([0, 1, 2, 3, 4, 99]),
  actor,
  api,
  src_endpoint: endpoint,
  http_response: z.strictObject({ code: z.int() }).optional(),
});
const lifecycle = z.strictObject({
  ...kind(6, 6002),
  ...outcome,
  activity_id: z.literal([0, 1, 2, 3, 4, 5, 6, 7, 8, 99]),
  app: product,
});
const authentication = z.strictObject({
  ...kind(3, 3002),
  ...outcome,
  activity_id: z.literal([0, 1, 2, 3, 4, 5, 99]),
  user,
  service,
  src_endpoint: endpoint.optional(),
});
const finding = z.strictObject({
  ...kind(2, 2004),
  activity_id: z.literal([0, 1, 2, 3, 99]),
  status_id: z.literal([0, 1, 2, 3, 4, 99]).optional(),
  is_alert: z.boolean().optional(),
  finding_info: z.strictObject({ uid: text, title: text, types: z.array(text).optional() }),
  evidences: z.array(z.strictObject({ actor, api, src_endpoint: endpoint.optional() })).optional(),
});

/** An event of one of the classes in use. */
export const ocsfSchema = z
  .discriminatedUnion('class_uid', [apiActivity, lifecycle, authentication, finding])
  .refine((event) => event.type_uid === event.class_uid * 100 + event.activity_id, 'type_uid');
