// console/main.tsx: begins the console in the page that serves it.
import { render } from 'preact';
import { App } from './app/app.tsx';

const place = document.getElementById('console');
if (place !== null) render(<App />, place);
