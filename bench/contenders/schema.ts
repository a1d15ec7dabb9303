/** The two screens of Facet's clients, mobile and web, in one schema. */
export const typeDefs = /* GraphQL */ `
  scalar DateTime

  type Query {
    home: Home!
    dashboard: Dashboard!
  }

  enum OrderStatus {
    pending
    paid
    shipped
    delivered
    cancelled
  }

  type Home {
    greeting: String
    avatar: String
    recentOrders(first: Int! = 3): [OrderCard!]
    promos: [Promo!]
  }

  type OrderCard {
    id: ID!
    status: OrderStatus!
    total: Float!
    currency: String!
    itemCount: Int!
    placedAt: DateTime!
  }

  type Dashboard {
    profile: User
    orders(first: Int! = 50, after: ID): [Order!]
    promos: [Promo!]
  }

  type User {
    id: ID!
    name: String!
    email: String!
    avatarUrl: String!
    memberSince: DateTime!
  }

  type Order {
    id: ID!
    status: OrderStatus!
    total: Money!
    placedAt: DateTime!
    items: [OrderItem!]!
  }

  type OrderItem {
    quantity: Int!
    unitPrice: Money!
    product: Product
  }

  type Money {
    amount: Float!
    currency: String!
    formatted: String!
  }

  type Product {
    id: ID!
    name: String!
    imageUrl: String!
  }

  type Promo {
    id: ID!
    title: String!
    body: String!
    imageUrl: String!
    endsAt: DateTime!
  }
`;
