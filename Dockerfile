# Sallyport in a container: compiled once, run without a compiler, as nobody in particular, on a read-only root.
# What it writes goes to /data (a volume) alone. Plain instructions, so that older builders take it too.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The compiler comes as an optional dependency: nothing is left out here. No package may run a script.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY docker/tsconfig.build.json ./docker/
COPY src ./src
RUN node_modules/.bin/tsc --project docker/tsconfig.build.json
# Scripts for Redis and the console's files are read at run time, from beside the code.
RUN cd src && find . -type f ! -name '*.ts' ! -name '*.md' -exec cp --parents '{}' ../dist/ ';'

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional ones are other platforms' runtimes; the image has its own.
RUN npm ci --ignore-scripts --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8787 \
    ADMIN_PORT=8788 \
    DATA_DIR=/data \
    SALLYPORT_CONFIG=config/production.yaml
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY config ./config
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8787 8788
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ADMIN_PORT}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
