import { batchOf } from '../endpoint.ts';
import type { User } from '../rest/users.generated.ts';

export const users = batchOf<User>()({ service: 'users', path: '/users', rowKey: 'id', sparse: 'fields' });
