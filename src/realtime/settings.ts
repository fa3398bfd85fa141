/** The section `sockets` of the configuration. */
import { z } from 'zod';

export const socketsSchema = z.strictObject({
  /** Without an event from either side. */
  idleMsMax: z.int().min(1000).max(3_600_000).default(900_000),
  /** As long as OpenAI keeps one. */
  lifeMsMax: z.int().min(1000).max(86_400_000).default(3_600_000),
  /** Client secrets that are made for one user, over all processes. */
  secretsPerHour: z.int().min(1).max(1_000_000).default(1000),
});

export type SocketsSettings = z.infer<typeof socketsSchema>;
