import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: [
    './store/schema/ground.ts',
    './store/schema/ground-collector.ts',
    './store/schema/ground-privacy.ts',
    './store/schema/ground-rotation.ts',
    './store/schema/ground-segments.ts',
    './store/schema/ground-notes.ts',
    './store/schema/ground-access.ts',
    './store/schema/ground-imports.ts',
    './store/schema/ground-exports.ts',
    './store/schema/dead-letters.ts',
  ],
  out: './migrations/ground',
});
