/**
 * SCIM 2.0 (RFC 7644) for the company's directory, as much as tells who has left: users are put, switched off, deleted. Who
 * is not active is out within a second, everywhere. Each change is on record before it takes effect.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { asRefusal, errorBody, Refusal } from '../base/errors.ts';
import { equalInConstantTime } from '../base/secret.ts';
import { readCredential } from '../domain/callers/authentication.ts';
import { nameFrom } from '../domain/callers/caller.ts';
import type { Member, MemberStep } from '../domain/people/directory.ts';
import { parseJson } from '../openai/json.ts';
import type { People } from './people.ts';
import { answerRefusal, refusalFrom } from './refusals.ts';
import { groupsAfter, groupsOf, type ScimGroup, scimGroups } from './scim-groups.ts';
import type { SignInDeps } from './sign-in.ts';
import {
  changesOf,
  readScim,
  type ScimUser,
  scimList,
  scimUserSchema,
  scimView,
  SERVICE_PROVIDER,
} from './scim-user.ts';

const USERS = '/Users';
const GROUPS = '/Groups';
const BODY_BYTES_MAX = 65_536;
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

const COUNT_MAX = 100;
const atLeast = (least: number) => (given: number) => Math.max(given, least);

const querySchema = z.object({
  filter: z.string().max(1024).optional(),
  // What is less than the least is the least (RFC 7644, section 3.4.2.4).
  startIndex: z.coerce.number().int().catch(1).transform(atLeast(1)),
  count: z.coerce.number().int().max(COUNT_MAX).catch(COUNT_MAX).transform(atLeast(0)),
  excludedAttributes: z.string().max(1024).default(''),
});
type Query = z.infer<typeof querySchema>;
const FILTER = /^\s*(userName|externalId|displayName|id)\s+eq\s+"([^"\\]{1,512})"\s*$/i;

type Provisioning = NonNullable<People['settings']['provisioning']>;
type Asked = FastifyRequest<{ Params: { id: string } }>;

/** Adds `/scim/v2/…`, where the configuration has a token for it. */
export function registerScim(app: FastifyInstance, deps: SignInDeps): void {
  const { people } = deps;
  const provisioning = people?.settings.provisioning;
  if (people === undefined || provisioning === undefined) return;
  const door = new ScimDoor(deps, people, provisioning);
  void app.register(
    async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(
        ['application/scim+json', 'application/json'],
        { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX },
        (_request, body, done) => done(null, body),
      );
      scope.addHook('onRequest', async (request) => door.admit(request));
      scope.setErrorHandler((error, _request, reply) => answer(reply, refusalFrom(error)));
      scope.setNotFoundHandler((_request, reply) => answer(reply, new Refusal('access.not_found')));
      scope.get('/ServiceProviderConfig', () => SERVICE_PROVIDER);
      scope.get(USERS, (request) => door.list(request));
      scope.post(USERS, (request, reply) => door.create(request, reply));
      scope.get(`${USERS}/:id`, (request: Asked) => door.show(request));
      scope.put(`${USERS}/:id`, (request: Asked) => door.put(request));
      scope.patch(`${USERS}/:id`, (request: Asked) => door.change(request));
      scope.delete(`${USERS}/:id`, (request: Asked, reply) => door.remove(request, reply));
      scope.get(GROUPS, (request) => door.listGroups(request));
      scope.get(`${GROUPS}/:id`, (request: Asked) => door.showGroup(request));
    },
    { prefix: '/scim/v2' },
  );
}

class ScimDoor {
  readonly #deps: SignInDeps;
  readonly #people: People;
  readonly #provisioning: Provisioning;

  constructor(deps: SignInDeps, people: People, provisioning: Provisioning) {
    this.#deps = deps;
    this.#people = people;
    this.#provisioning = provisioning;
  }

  /** @throws auth.*, rate.source */
  admit({ raw, ip: source, id }: FastifyRequest): void {
    const { failedAttempts, auditLog, operatorRate } = this.#deps;
    try {
      const shown = readCredential(raw.rawHeaders, raw.url ?? '');
      if (equalInConstantTime(shown, this.#provisioning.token)) {
        operatorRate?.take('provisioning');
        return;
      }
      throw new Refusal('auth.invalid');
    } catch (error) {
      const { code } = asRefusal(error);
      if (failedAttempts.count(source)) {
        const metadata = { request: id, source, code };
        auditLog.note({
          userId: 'anonymous',
          action: 'admin.refused',
          resource: 'scim',
          status: 'failure',
          metadata,
        });
      }
      failedAttempts.check(source);
      throw error;
    }
  }

  async list({ query }: FastifyRequest): Promise<object> {
    const asked = readScim(querySchema, query);
    const found = chosen(await this.#present(), asked, LIKE);
    return scimList(found.map(scimView), asked.startIndex, asked.count);
  }

  async listGroups({ query }: FastifyRequest): Promise<object> {
    const asked = readScim(querySchema, query);
    const found = chosen(await this.#groups(), asked, GROUP_LIKE).map((group) => shownGroup(group, asked));
    return scimList(found, asked.startIndex, asked.count);
  }

  async showGroup({ params, query }: Asked): Promise<object> {
    const found = (await this.#groups()).find(({ id }) => id === params.id);
    if (!found) throw new Refusal('access.not_found');
    return shownGroup(found, readScim(querySchema, query));
  }

  async #present(): Promise<readonly Member[]> {
    return (await this.#people.directory.list()).filter(({ deleted }) => deleted === undefined);
  }

  async #groups(): Promise<readonly ScimGroup[]> {
    return scimGroups(Object.keys(this.#people.settings.groups), await this.#present());
  }

  async show({ params }: Asked): Promise<object> {
    return scimView(present(await this.#people.directory.find(params.id)));
  }

  async create(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const given = readScim(scimUserSchema, bodyOf(request));
    const member = await this.#keep(request, this.#userOf(given), (known) => {
      if (known && !known.deleted)
        throw new Refusal('request.invalid_field', { param: 'userName', status: 409 });
      return this.#told(given, true);
    });
    return await reply.code(201).send(scimView(member));
  }

  /** Who is not said to be back is not. */
  async put(request: Asked): Promise<object> {
    const given = readScim(scimUserSchema, bodyOf(request));
    const member = await this.#keep(request, request.params.id, (known) => {
      const { user, active } = present(known);
      if (this.#userOf(given) !== user) throw this.#another();
      return this.#told(given, active);
    });
    return scimView(member);
  }

  async change(request: Asked): Promise<object> {
    const body = bodyOf(request);
    const told = changesOf(body);
    const member = await this.#keep(request, request.params.id, (known) => {
      const { user, active, userName, externalId, groups } = present(known);
      const after = {
        active: told.active ?? active,
        userName: told.userName ?? userName,
        externalId: told.externalId ?? externalId,
        groups: groupsAfter(body, this.#provisioning.groupsAttribute, groups),
      };
      if (this.#userOf(after) !== user) throw this.#another();
      return after;
    });
    return scimView(member);
  }

  async remove(request: Asked, reply: FastifyReply): Promise<FastifyReply> {
    await this.#keep(request, request.params.id, (known) => ({
      ...present(known),
      active: false,
      deleted: true,
    }));
    return await reply.code(204).send();
  }

  /** @param active where that is not said */
  #told(given: ScimUser, active: boolean): ReturnType<MemberStep> {
    const { userName, externalId } = given;
    const groups = groupsOf(given, this.#provisioning.groupsAttribute);
    return { userName, externalId, active: given.active ?? active, groups };
  }

  /** @throws request.invalid_field where the attribute that names the person is not there */
  #userOf(given: Pick<ScimUser, 'userName' | 'externalId'>): string {
    const { userAttribute } = this.#provisioning;
    const user = nameFrom(given[userAttribute], 'sub', this.#people.digestKey);
    if (user === undefined) throw new Refusal('request.invalid_field', { param: userAttribute });
    return user;
  }

  /** Whoever was switched off would be somebody else. */
  #another(): Refusal {
    return new Refusal('request.invalid_field', { param: this.#provisioning.userAttribute });
  }

  /** What can be refused is, before it is on record. */
  async #keep(request: FastifyRequest, user: string, step: MemberStep): Promise<Member> {
    const { auditLog } = this.#deps;
    const { directory } = this.#people;
    const planned = step(await directory.find(user));
    const entry = {
      userId: 'system',
      action: 'admin.person.put',
      resource: user,
    };
    const told = {
      request: request.id,
      source: request.ip,
      credential: 'provisioning',
      active: planned.active,
    };
    await auditLog.record({ ...entry, status: 'pending', metadata: { ...told, deleted: planned.deleted } });
    try {
      const { member, ...ended } = await directory.put(user, step, !planned.active);
      auditLog.note({ ...entry, status: 'success', metadata: { ...told, active: member.active, ...ended } });
      return member;
    } catch (error) {
      auditLog.note({ ...entry, status: 'failure', metadata: { ...told, code: asRefusal(error).code } });
      throw error;
    }
  }
}

/** @throws access.not_found */
function present(member: Member | undefined): Member {
  if (member === undefined || member.deleted) throw new Refusal('access.not_found');
  return member;
}

/** Names of users have no case, ids do (RFC 7643, section 4.1.1 and 3.1). */
const LIKE: Likeness<Member> = {
  username: ({ userName }, value) => userName.toLowerCase() === value.toLowerCase(),
  externalid: ({ externalId }, value) => externalId === value,
  id: ({ user }, value) => user === value,
};

const GROUP_LIKE: Likeness<ScimGroup> = {
  displayname: ({ displayName }, value) => displayName.toLowerCase() === value.toLowerCase(),
  id: ({ id }, value) => id === value,
};
type Likeness<T> = Readonly<Record<string, (one: T, value: string) => boolean>>;

/** Those that the filter is for. @throws request.invalid_field for one that is not understood */
function chosen<T>(all: readonly T[], { filter }: Query, like: Likeness<T>): readonly T[] {
  if (filter === undefined) return all;
  const [, attribute = '', value = ''] = FILTER.exec(filter) ?? [];
  const isLike = like[attribute.toLowerCase()];
  if (!isLike) throw new Refusal('request.invalid_field', { param: 'filter' });
  return all.filter((one) => isLike(one, value));
}

/** Directories that only look for a group leave its members out. */
function shownGroup({ members, ...group }: ScimGroup, { excludedAttributes }: Query): object {
  return /(?:^|[,\s])members(?:$|[,\s])/i.test(excludedAttributes) ? group : { ...group, members };
}

function bodyOf({ body }: FastifyRequest): unknown {
  return parseJson(Buffer.isBuffer(body) ? body : Buffer.alloc(0)).value;
}

/** The error of SCIM (RFC 7644, section 3.12) beside ours. */
async function answer(reply: FastifyReply, refusal: Refusal): Promise<void> {
  const scimType = refusal.status === 409 ? { scimType: 'uniqueness' } : {};
  const detail = errorBody(refusal).error.message;
  await answerRefusal(reply, refusal, {
    beside: { schemas: [ERROR], status: String(refusal.status), detail, ...scimType },
  });
}
