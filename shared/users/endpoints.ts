import { batchOf } from '../services.ts';
import type { User } from './rest.generated.ts';

export const users = batchOf<User>()({ service: 'users', path: '/users', rowKey: 'id', sparse: 'fields' });
