import { defineConfig } from 'drizzle-kit';

export default defineConfig({ dialect: 'sqlite', schema: './store/schema/derived.ts', out: './migrations/derived' });
