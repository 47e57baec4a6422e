// `node mercurius.mjs PORT DATA`: Mercurius with its just-in-time compiler, which compiles an operation at once.
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import mercurius from 'mercurius'

const [port, data] = process.argv.slice(2)
const { sdl, rows } = JSON.parse(readFileSync(data, 'utf8'))
const byId = new Map(rows.map((row) => [row.id, row]))
const app = Fastify()
app.register(mercurius, {
  schema: sdl,
  jit: 1,
  resolvers: { Query: { jobs: async (_, { first }) => rows.slice(0, first), job: async (_, { id }) => byId.get(id) } },
})
await app.listen({ port: Number(port), host: '127.0.0.1' })
