/** Compiled shaders of the live image, one program for each variant that was needed so far. */
import { fragmentShader, type ShaderVariant, vertexShader } from './image-shader.ts'

const uniformNames = [
  'image',
  'lut',
  'box',
  'part',
  'footprint',
  'low',
  'scale',
  'gains',
  'exponent',
  'saturated',
  'red',
] as const
type UniformName = (typeof uniformNames)[number]

type ShaderProgram = {
  readonly program: WebGLProgram
  /** Where a uniform is; null for one that the variant does without, which WebGL takes as well. */
  uniform(name: UniformName): WebGLUniformLocation | null
}

/** The programs that draw, compiled when they are first needed. */
export class ShaderPrograms {
  readonly #gl: WebGL2RenderingContext
  readonly #programs = new Map<string, ShaderProgram>()

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl
  }

  /** Forgets all: they were lost with their context. */
  clear(): void {
    this.#programs.clear()
  }

  /** @throws Error when a shader does not compile or link, which is a fault of ours or of the graphics driver. */
  of(variant: ShaderVariant): ShaderProgram {
    const key = Object.values(variant).join(' ')
    const known = this.#programs.get(key)
    if (known !== undefined) return known
    const gl = this.#gl
    const program = this.#link(vertexShader, fragmentShader(variant))
    const locations = new Map(uniformNames.map((name) => [name, gl.getUniformLocation(program, name)]))
    const made: ShaderProgram = { program, uniform: (name) => locations.get(name) ?? null }
    this.#programs.set(key, made)
    return made
  }

  #link(vertex: string, fragment: string): WebGLProgram {
    const gl = this.#gl
    const program = gl.createProgram()
    const shaders = [this.#compile(gl.VERTEX_SHADER, vertex), this.#compile(gl.FRAGMENT_SHADER, fragment)]
    for (const shader of shaders) gl.attachShader(program, shader)
    gl.linkProgram(program)
    if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true && !gl.isContextLost()) {
      const logs = shaders.map((shader) => gl.getShaderInfoLog(shader))
      throw new Error(`A shader does not link: ${[gl.getProgramInfoLog(program), ...logs].join(' ')}`)
    }
    for (const shader of shaders) gl.deleteShader(shader)
    return program
  }

  #compile(type: GLenum, source: string): WebGLShader {
    const shader = this.#gl.createShader(type)
    if (shader === null) throw new Error('The graphics context is lost')
    this.#gl.shaderSource(shader, source)
    this.#gl.compileShader(shader)
    return shader
  }
}
