# Debian's glibc, not Alpine: DuckDB's native part is built for it.
FROM node:22.23.3-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:22.23.3-bookworm-slim
LABEL org.opencontainers.image.title="ml-exporter" \
      org.opencontainers.image.description="Prometheus exporter for machine-learning models" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY demo ./demo
# The only folder that is written to: the root may be read-only. The user `node` (1000) must own what is mounted here.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 10058
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:10058/-/healthy').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["serve", "--config.file=/etc/ml-exporter/ml-exporter.yml", "--data.dir=/data"]
