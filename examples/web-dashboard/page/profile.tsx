import type { DashboardQuery_dashboard_profile as User } from '@facet/web-client';
import { monthOf } from './dates.ts';
import { Picture } from './picture.tsx';

export function Profile({ user }: { readonly user: User | null }) {
  if (!user) return <p className="empty">There is no profile yet.</p>;
  return (
    <div className="card person">
      <Picture className="avatar" url={user.avatarUrl} />
      <div>
        <p className="person-name">{user.name}</p>
        <p className="quiet">{user.email}</p>
        <p className="quiet">Member since {monthOf(user.memberSince)}</p>
      </div>
    </div>
  );
}

export function ProfileSkeleton() {
  return (
    <div className="card person">
      <span className="avatar bone" />
      <div className="lines">
        <span className="bone" style={{ width: '9rem' }} />
        <span className="bone" style={{ width: '11rem' }} />
        <span className="bone" style={{ width: '8rem' }} />
      </div>
    </div>
  );
}
