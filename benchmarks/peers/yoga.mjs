// `node yoga.mjs PORT DATA`: graphql-yoga as its documentation sets it up, over HTTP and graphql-transport-ws.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { useServer } from 'graphql-ws/use/ws'
import { createPubSub, createSchema, createYoga } from 'graphql-yoga'
import { WebSocketServer } from 'ws'

const [port, data] = process.argv.slice(2)
const { sdl, rows, event } = JSON.parse(readFileSync(data, 'utf8'))
const byId = new Map(rows.map((row) => [row.id, row]))
const pubsub = createPubSub()
const schema = createSchema({
  typeDefs: sdl,
  resolvers: {
    Query: { jobs: async (_, { first }) => rows.slice(0, first), job: async (_, { id }) => byId.get(id) },
    Subscription: { jobChanged: { subscribe: () => pubsub.subscribe('job'), resolve: (job) => job } },
  },
})
const yoga = createYoga({ schema, logging: false, graphiql: false, landingPage: false })
const http = createServer((request, response) => {
  if (request.url !== '/push') return yoga(request, response)
  pubsub.publish('job', event)
  response.end()
})
const enveloped = async (context, _id, payload) => {
  const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
    ...context,
    req: context.extra.request,
    socket: context.extra.socket,
    params: payload,
  })
  const document = parse(payload.query)
  const errors = validate(schema, document)
  if (errors.length) return errors
  return {
    schema,
    document,
    operationName: payload.operationName,
    variableValues: payload.variables,
    contextValue: await contextFactory(),
    rootValue: { execute, subscribe },
  }
}
useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    onSubscribe: enveloped,
  },
  new WebSocketServer({ server: http, path: '/graphql', perMessageDeflate: false }),
)
http.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 })
