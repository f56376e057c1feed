import { mount } from 'svelte';
import 'uplot/dist/uPlot.min.css';
import './app.css';
import App from './App.svelte';
import { theme } from './state/theme.svelte';

theme.start();

const target = document.getElementById('app');
if (target !== null) {
  mount(App, { target });
}
