import { useQuery } from '@apollo/client/react';
import { HomeDocument } from '@facet/mobile-client';
import { failedAt } from './failures.ts';
import { OrderCard, OrderSkeletons } from './order-card.tsx';
import { Picture } from './picture.tsx';
import { PromoSkeletons, Promos } from './promos.tsx';
import { Failure, Section } from './section.tsx';

/** The whole screen is one request. A failed section shows a message; the others are displayed. */
export function Home() {
  const { data, error, loading, refetch } = useQuery(HomeDocument, {
    errorPolicy: 'all',
    notifyOnNetworkStatusChange: true,
  });
  // Errors of a retry are in its response.
  const retry = () => void refetch().catch(() => {});
  const home = data?.home;

  if (!home && error) {
    return (
      <main>
        <Failure what="Your home screen cannot be reached." isRetrying={loading} onRetry={retry} />
      </main>
    );
  }
  const section = (name: 'recentOrders' | 'promos') => ({
    isLoading: !home,
    hasFailed: failedAt(error, 'home', name) && home?.[name] === null,
    isRetrying: loading,
    onRetry: retry,
  });
  return (
    <main aria-busy={loading}>
      <header className="hello">
        {home ? <h1>{home.greeting ?? 'Hi there'}</h1> : <span className="bone greeting" />}
        {home ? <Picture className="avatar" url={home.avatar} /> : <span className="bone avatar" />}
      </header>
      <Section
        name="orders"
        title="Recent orders"
        failure="Your orders cannot be shown right now."
        {...section('recentOrders')}
        skeleton={<OrderSkeletons />}
      >
        {home?.recentOrders?.length === 0 && <p className="empty">There are no orders yet.</p>}
        <ol className="cards">
          {home?.recentOrders?.map((order) => (
            <OrderCard key={order.id} order={order} />
          ))}
        </ol>
      </Section>
      <Section
        name="promos"
        title="For you"
        failure="Promotions cannot be shown right now."
        {...section('promos')}
        skeleton={<PromoSkeletons />}
      >
        <Promos promos={home?.promos ?? []} />
      </Section>
    </main>
  );
}
