/** Sound and pictures: audio, custom voices, images, videos, provenance, realtime. */
import type { Endpoint } from '../endpoint.ts';
import { BYTES, family, ORDERED_PAGE, PAGE } from './family.ts';

const audio = family('audio');
const voices = family('voices', { consent_id: 'voice_consent' });
const images = family('images', {}, { cost: 'unit', shape: 'prompt', model: 'optional' });
const videos = family(
  'videos',
  { video_id: 'video', character_id: 'video_character' },
  // OpenAI, API deprecations: Videos API and Sora 2, announced 2026-03-24.
  { retired: '2026-09-24' },
);
const provenance = family('content_provenance_checks');
const realtime = family('realtime', {}, { cost: 'unpriced' });
const calls = family(
  'realtime.calls',
  { call_id: 'realtime_call' },
  {
    bypasses: true,
    note: 'Media flows between caller and OpenAI, past the gateway: neither screened nor bounded.',
  },
);

/** Secrets of upstream's: what a session of its own kind is opened with. */
const past = {
  bypasses: true,
  cost: 'unpriced',
  note: 'The secret it answers opens sessions with OpenAI directly, past the gateway.',
} as const;
const transcriptions = family('realtime.transcription_sessions', {}, past);
const translations = family('realtime.translations', {}, past);

const upload = { body: 'multipart', shape: 'prompt', files: 'media' } as const;
const sound = { ...upload, bodyBytesMax: BYTES.audio } as const;
const transcript = { ...sound, cost: 'unit', model: 'required', answer: 'text' } as const;
const picture = { bodyBytesMax: BYTES.images, files: 'media' } as const;
const film = {
  body: 'either',
  shape: 'prompt',
  files: 'media',
  cost: 'deferred',
  makes: 'video',
  bodyBytesMax: BYTES.images,
} as const;
/** A secret of ours, made here. */
const ticket = {
  cost: 'free',
  model: 'optional',
  note: 'Answered by the gateway: the secret opens its own Realtime sockets, nothing else; what it starts is screened anew.',
} as const;

export const MEDIA: readonly Endpoint[] = [
  audio.post('speech.create', '/audio/speech', {
    shape: 'prompt',
    model: 'required',
    cost: 'unit',
    answer: 'binary',
    streams: true,
  }),
  audio.post('transcriptions.create', '/audio/transcriptions', { ...transcript, streams: true }),
  audio.post('translations.create', '/audio/translations', transcript),

  voices.post('consents.create', '/audio/voice_consents', { ...sound, makes: 'voice_consent' }),
  voices.get('consents.list', '/audio/voice_consents', { query: PAGE, lists: 'voice_consent' }),
  voices.get('consents.retrieve', '/audio/voice_consents/{consent_id}'),
  voices.post('consents.update', '/audio/voice_consents/{consent_id}'),
  voices.remove('consents.delete', '/audio/voice_consents/{consent_id}'),
  voices.post('create', '/audio/voices', { ...sound, makes: 'voice' }),

  images.post('generate', '/images/generations', { streams: true }),
  images.post('edit', '/images/edits', { ...picture, body: 'either', streams: true }),
  images.post('create_variation', '/images/variations', { ...picture, body: 'multipart' }),

  videos.post('create', '/videos', { ...film, model: 'optional' }),
  videos.get('list', '/videos', { query: ORDERED_PAGE, lists: 'video' }),
  videos.get('retrieve', '/videos/{video_id}'),
  videos.remove('delete', '/videos/{video_id}'),
  videos.get('content.retrieve', '/videos/{video_id}/content', { query: ['variant'], answer: 'binary' }),
  videos.post('edit', '/videos/edits', film),
  videos.post('extend', '/videos/extensions', film),
  videos.post('remix', '/videos/{video_id}/remix', film),
  videos.post('characters.create', '/videos/characters', {
    ...upload,
    ...picture,
    cost: 'unpriced',
    makes: 'video_character',
  }),
  videos.get('characters.retrieve', '/videos/characters/{character_id}'),

  provenance.post('create', '/content_provenance_checks', { ...upload, bodyBytesMax: BYTES.file }),

  realtime.post('client_secrets.create', '/realtime/client_secrets', { ...ticket, grants: 'secret' }),
  realtime.post('sessions.create', '/realtime/sessions', { ...ticket, grants: 'session' }),
  transcriptions.post('create', '/realtime/transcription_sessions'),
  translations.post('client_secrets.create', '/realtime/translations/client_secrets'),
  calls.post('create', '/realtime/calls', {
    body: 'sdp',
    // Addresses are what it is about.
    answer: 'binary',
    cost: 'unpriced',
    locates: 'realtime_call',
  }),
  calls.post('accept', '/realtime/calls/{call_id}/accept', { cost: 'unpriced', model: 'optional' }),
  calls.act('hangup', '/realtime/calls/{call_id}/hangup'),
  calls.post('refer', '/realtime/calls/{call_id}/refer'),
  calls.post('reject', '/realtime/calls/{call_id}/reject'),
];
