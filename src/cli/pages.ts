import type { Client } from "./client.ts";

const itemsMax = 10_000;

/** Every page of a list, up to ten thousand items. */
export async function allPages<Item>(
  client: Client,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.get<{ items: Item[]; nextCursor: string | null }>(path, { ...query, limit: "200", cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < itemsMax);
  return items;
}
