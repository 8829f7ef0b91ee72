/** The few things that components do with elements. */

export const find = (selector, root = document) => root.querySelector(selector);

export const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];

/** The element with this `data-slot` inside `root`. */
export const slot = (root, name) => root.querySelector(`[data-slot="${name}"]`);

/** Sets text or nothing; an empty slot is hidden. */
export function fillSlot(root, name, text) {
  const element = slot(root, name);
  element.textContent = text ?? "";
  element.hidden = !text;
  return element;
}

/** A fresh copy of the one element inside the page's `<template>` with this id. */
export const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

/** The values that the server wrote into the page. */
export const pageData = () => JSON.parse(document.getElementById("page-data")?.textContent ?? "null");

/** The nearest ancestor of an event's target that matches. */
export const closest = (event, selector) => event.target.closest?.(selector) ?? null;

/** Puts `children` into `parent` in this order, moving only those that stand elsewhere, so that focus stays. */
export function arrangeChildren(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}
