import type { NextFunction, Request, Response } from 'express';
import type { z } from 'zod';
import type { ApiDeps } from './api-deps.ts';

/** Who may call: anyone; whoever holds the token or the login cookie; only whoever holds the token. */
export type Access = 'open' | 'reader' | 'token';

/** What a route answers. Anything but text and bytes is sent as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request after its parts were checked against the route's schemas. */
export interface Asked<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  header(name: string): string | undefined;
}

/** One row of the route table: what is written into openapi.json, and what answers. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'delete' | 'head';
  /** As OpenAPI writes it: `/api/v1/fires/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Media types of a body that is handed on as text; JSON when left out. */
  readonly bodyTypes?: readonly string[];
  readonly headers?: readonly { readonly name: string; readonly description: string }[];
  /** Schema of the answer by status; a string names the media type of what is no JSON. */
  readonly answers: Readonly<Record<number, z.ZodType | string>>;
  handle(deps: ApiDeps, asked: Asked<never, never, never>): Promise<Answer> | Answer;
  /** In the place of `handle`: reads the request byte for byte and answers itself, or says by `next` that nothing is here. */
  raw?(deps: ApiDeps, request: Request, response: Response, next: NextFunction): Promise<void>;
}

interface Shapes<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>
  extends Omit<Route, 'params' | 'query' | 'body' | 'handle' | 'raw'> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  handle(deps: ApiDeps, asked: Asked<z.infer<P>, z.infer<Q>, z.infer<B>>): Promise<Answer> | Answer;
}

/** Ties the types of a handler to its schemas. */
export function route<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
>(shapes: Shapes<P, Q, B>): Route {
  return shapes as unknown as Route;
}

/** A row whose handler reads the request itself. */
export function rawRoute(row: Omit<Route, 'handle'> & Required<Pick<Route, 'raw'>>): Route {
  const handle = () => {
    throw new TypeError('A raw route answers by itself');
  };
  return { ...row, handle };
}
