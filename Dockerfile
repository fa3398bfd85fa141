# Sallyport in a container: bundled once, run without a compiler or packages, as nobody in particular, on a read-only root.
# What it writes goes to /data (a volume) alone. Plain instructions, so that older builders take it too.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The bundler comes with an optional dependency: nothing is left out here. No package may run a script.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY docker/build.ts ./docker/
COPY src ./src
RUN node docker/build.ts

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8787 \
    ADMIN_PORT=8788 \
    DATA_DIR=/data \
    SALLYPORT_CONFIG=config/production.yaml
WORKDIR /app
# With all packages it needs inside, their licences among them.
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY config ./config
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8787 8788
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ADMIN_PORT}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# The flags of `npm start`: a gateway is much code, and this way V8 is done compiling it in half as many calls.
CMD ["node", "--use-largepages=silent", "--minimum-invocations-after-ic-update=200", "--invocation-count-for-maglev=200", "--invocation-count-for-turbofan=1000", \
     "--enable-source-maps", "dist/main.js"]
