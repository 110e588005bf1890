import { defineConfig } from 'drizzle-kit';

export default defineConfig({ dialect: 'sqlite', schema: './store/schema/ground.ts', out: './migrations/ground' });
