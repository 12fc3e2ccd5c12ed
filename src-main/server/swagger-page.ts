/** Pages that show an OpenAPI description by Swagger UI, whose own files are below `/api/docs/assets/`. */

/** Content security policy of such pages. */
export const swaggerPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

/** The page; `script`: where `swaggerScript` is, as the policy forbids inline scripts. */
export function swaggerPage({ title, script }: { readonly title: string; readonly script: string }): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<link rel="stylesheet" href="/api/docs/assets/swagger-ui.css">
<div id="docs"></div>
<script src="/api/docs/assets/swagger-ui-bundle.js"></script>
<script src="${script}"></script>
</html>
`
}

/** The page's script; `description`: where the OpenAPI description is. */
export function swaggerScript(description: string): string {
  return `SwaggerUIBundle({ url: '${description}', dom_id: '#docs', deepLinking: true })\n`
}
