/** The rows of the REST services, with the properties that the two screens read. */

export interface User {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly avatarUrl: string;
  readonly createdAt: string;
}

export interface Order {
  readonly id: string;
  readonly status: string;
  readonly totalCents: number;
  readonly currency: string;
  readonly placedAt: string;
  readonly itemCount: number;
  readonly items: readonly OrderItem[];
}

export interface OrderItem {
  readonly productId: string;
  readonly quantity: number;
  readonly unitPriceCents: number;
  readonly currency: string;
}

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly imageUrl: string;
}

export interface Promo {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly imageUrl: string;
  readonly endsAt: string;
}
