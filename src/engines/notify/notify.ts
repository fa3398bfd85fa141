/** The section `notify`, and the notifier that it makes: who is told by webhook, who by e-mail. */
import { z } from 'zod';
import type { OwnEgress } from '../../base/own-dispatcher.ts';
import type { Notifier } from '../../ports/notifier.ts';
import { createMailNotifier, mailSchema } from './notify-mail.ts';
import { createWebhookNotifier, webhooksSchema } from './notify-webhook.ts';

/** The section `notify`. */
export const notifySchema = z
  .strictObject({
    webhooks: webhooksSchema,
    mail: mailSchema.optional(),
    /** Where people reach the console: what links begin with. */
    baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  })
  .refine(({ webhooks, mail, baseUrl }) => (webhooks.length === 0 && !mail) || baseUrl !== undefined, {
    path: ['baseUrl'],
    message: 'is needed by webhooks and mail: what is told is a link',
  });
export type NotifySettings = z.infer<typeof notifySchema>;

/**
 * All that are configured.
 * @param onFailure which receiver, and why: for the log
 * @throws the system's errors for a `caFile` that cannot be read
 */
export function createNotifier(
  { webhooks, mail, baseUrl }: NotifySettings,
  onFailure: (receiver: string, reason: string) => void,
  egress: OwnEgress = {},
): Notifier {
  const all = [
    createWebhookNotifier({
      webhooks,
      baseUrl,
      egress,
      onFailure: (i, reason) => onFailure(`webhook ${i}`, reason),
    }),
    ...(mail
      ? [createMailNotifier({ mail, baseUrl, onFailure: (reason) => onFailure('mail', reason) })]
      : []),
  ];
  return {
    receivers: all.reduce((sum, { receivers }) => sum + receivers, 0),
    notify: (notice) => all.map((one) => one.notify(notice)).every(Boolean),
    async close() {
      await Promise.all(all.map((one) => one.close()));
    },
  };
}
