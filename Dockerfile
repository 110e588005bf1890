# hushtag on Node. Build: docker build -t hushtag . Run: deploy/compose.yaml, docs/deploying.md.
# Debian, not Alpine: the database and DuckDB come as programs for glibc.
FROM node:20.20.0-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20.20.0-bookworm-slim
LABEL org.opencontainers.image.title="hushtag" org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    HUSHTAG_HOST=0.0.0.0 \
    HUSHTAG_DATA_DIR=/data/hushtag \
    HUSHTAG_KEY_DIR=/keys/hushtag \
    HUSHTAG_BACKUP_DIR=/backups/hushtag
# The volumes begin as this user's; below them the server makes its folders, for itself alone.
RUN install -d -m 0700 -o node -g node /data /keys /backups
WORKDIR /app
COPY --from=build /src/package.json /src/LICENSE /src/NOTICE ./
COPY --from=build /src/node_modules ./node_modules
COPY --from=build /src/migrations ./migrations
COPY --from=build /src/dist ./dist
USER 1000:1000
VOLUME ["/data", "/keys", "/backups"]
EXPOSE 8787
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8787}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/program/main.js"]
CMD ["serve"]
