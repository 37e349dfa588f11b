# Verbatim in a container. The first start makes the data folder:
#   docker run --rm -v verbatim:/data verbatim init
#   docker run -d -v verbatim:/data -p 3000:3000 verbatim
FROM node:24-slim

ENV NODE_ENV=production
WORKDIR /app

# The image brings its own Node, so the one that the project carries for people's machines stays out.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force

COPY bin ./bin
COPY src ./src
COPY views ./views
COPY templates ./templates
COPY data ./data

RUN mkdir -p /data && chown node:node /data && chmod 700 /data
USER node
VOLUME /data

# A volume that was not mounted must not become a new, empty installation: see VERBATIM_EXPECT_DATA in the README.
ENV HOST=0.0.0.0 \
    PORT=3000 \
    VERBATIM_DATA=/data \
    VERBATIM_EXPECT_DATA=1
EXPOSE 3000

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

ENTRYPOINT ["node", "bin/verbatim.js"]
CMD ["serve"]
