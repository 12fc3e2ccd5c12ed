/** GLSL ES 3.00 of the live image: pixel values → window, gamma, colour table. */

/** How the pixels of an image lie on the GPU. */
export type TextureKind =
  /** One unsigned integer per pixel, 8 or 16 bits, as the camera delivered it. */
  | 'mono'
  /** Three unsigned 8-bit integers per pixel. */
  | 'rgb'
  /** A decoded JPEG: four bytes per pixel, of which for grey the first, for colour the first three count. */
  | 'grey32'
  | 'rgb32'
  | 'bgr32'

/** What a fragment shader does; each combination is compiled for itself, so that none pays for what it does not do. */
export type ShaderVariant = {
  readonly kind: TextureKind
  /** Each canvas pixel averages this many points per axis of the image part it covers; 1 shows the nearest pixel. */
  readonly taps: number
  /** Through the colour table; otherwise values are shown as grey. */
  readonly table: boolean
  readonly gamma: boolean
  readonly markSaturated: boolean
}

/** Whether images of `kind` have three values per pixel. */
export function isColour(kind: TextureKind): boolean {
  return kind === 'rgb' || kind === 'rgb32' || kind === 'bgr32'
}

/** A rectangle of the canvas (`box`: left, bottom, right, top in clip space) with its part of the texture. */
export const vertexShader = `#version 300 es
uniform vec4 box;
uniform vec4 part;
out highp vec2 at;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = vec4(mix(box.xy, box.zw, corner), 0.0, 1.0);
  at = mix(part.xy, part.zw, corner);
}`

/** The fragment shader of one variant. */
export function fragmentShader({ kind, taps, table, gamma, markSaturated }: ShaderVariant): string {
  const colour = isColour(kind)
  const integer = kind === 'mono' || kind === 'rgb'
  const value = colour ? 'vec3' : 'float'
  const texel = `${value}(texture(image, at).${colour ? (kind === 'bgr32' ? 'bgr' : 'rgb') : 'r'})${integer ? '' : ' * 255.0'}`
  return `#version 300 es
precision highp float;
precision highp int;
uniform highp ${integer ? 'usampler2D' : 'sampler2D'} image;
uniform mediump sampler2D lut;
uniform vec2 footprint; // size of a canvas pixel in texture coordinates
uniform float low;
uniform float scale;    // 1 / (high - low)
uniform float exponent; // 1 / gamma
uniform float saturated;
in vec2 at;
out vec4 colour;

${value} fetch(vec2 at) {
  return ${texel};
}

void main() {
${taps === 1 ? `  ${value} value = fetch(at);\n  ${value} peak = value;` : averageCode(value, taps, markSaturated)}
  ${value} t = clamp((value - low) * scale, 0.0, 1.0);
  ${gamma ? `t = pow(t, ${value}(exponent));` : ''}
  colour = vec4(${table ? tableCode(colour) : colour ? 't' : 't, t, t'}, 1.0);
  ${markSaturated ? `if (${colour ? 'max(peak.r, max(peak.g, peak.b))' : 'peak'} >= saturated) colour = vec4(1.0, 0.0, 0.0, 1.0);` : ''}
}`
}

/** The table's colour at `t`; each channel of colour images goes through the table by itself. */
function tableCode(colour: boolean): string {
  const lookUp = (t: string) => `texture(lut, vec2(${t} * (255.0 / 256.0) + 0.5 / 256.0, 0.5))`
  return colour ? `${lookUp('t.r')}.r, ${lookUp('t.g')}.g, ${lookUp('t.b')}.b` : `${lookUp('t')}.rgb`
}

/** Unrolled: loops cost software renderers more than the texture look-ups. */
function averageCode(value: string, taps: number, withPeak: boolean): string {
  const lines = [`  ${value} value = ${value}(0.0);`, `  ${value} peak = value;`, `  ${value} v;`]
  for (let y = 0; y < taps; y++) {
    for (let x = 0; x < taps; x++) {
      const offset = [x, y].map((index) => ((index + 0.5) / taps - 0.5).toFixed(6)).join(', ')
      lines.push(
        `  v = fetch(at + footprint * vec2(${offset})); value += v;${withPeak ? ' peak = max(peak, v);' : ''}`,
      )
    }
  }
  return [...lines, `  value *= ${(1 / taps ** 2).toFixed(8)};`].join('\n')
}
