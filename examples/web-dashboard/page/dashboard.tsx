import { DashboardDocument } from '@facet/web-client';
import { useQuery } from 'urql';
import { failedAt } from './failures.ts';
import { OrderSkeletons, Orders, PAGE_SIZE } from './orders.tsx';
import { Profile, ProfileSkeleton } from './profile.tsx';
import { PromoSkeletons, Promos } from './promos.tsx';
import { Failure, Section } from './section.tsx';

/** The whole screen is one request. A failed section shows a message; the others are displayed. */
export function Dashboard() {
  const [{ data, error, fetching, stale }, ask] = useQuery({
    query: DashboardDocument,
    variables: { first: PAGE_SIZE },
  });
  const isAsking = fetching || stale;
  const retry = () => ask({ requestPolicy: 'network-only' });
  const dashboard = data?.dashboard;

  if (!dashboard && error) {
    return (
      <main className="page">
        <Failure what="Your dashboard cannot be reached." isRetrying={isAsking} onRetry={retry} />
      </main>
    );
  }
  const section = (name: 'profile' | 'orders' | 'promos') => ({
    isLoading: !dashboard,
    hasFailed: failedAt(error, 'dashboard', name) && dashboard?.[name] === null,
    isRetrying: isAsking,
    onRetry: retry,
  });
  return (
    <main className="page" aria-busy={isAsking}>
      <h1 className="unseen">Dashboard</h1>
      <Section
        name="profile"
        title="Profile"
        failure="Your profile cannot be shown right now."
        {...section('profile')}
        skeleton={<ProfileSkeleton />}
      >
        <Profile user={dashboard?.profile ?? null} />
      </Section>
      <Section
        name="orders"
        title="Your orders"
        failure="Your orders cannot be shown right now."
        {...section('orders')}
        skeleton={<OrderSkeletons />}
      >
        {failedAt(error, 'dashboard', 'orders') && (
          <Failure what="Product names and pictures are missing for now." isRetrying={isAsking} onRetry={retry} />
        )}
        <Orders orders={dashboard?.orders ?? []} />
      </Section>
      <Section
        name="promos"
        title="Promotions"
        failure="Promotions cannot be shown right now."
        {...section('promos')}
        skeleton={<PromoSkeletons />}
      >
        <Promos promos={dashboard?.promos ?? []} />
      </Section>
    </main>
  );
}
