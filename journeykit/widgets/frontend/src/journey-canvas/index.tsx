import "./canvas.css";
import { mount } from "../lib/mount";
import { App } from "./App";

export default mount(App);
