/** Must be imported first: the page's security policy forbids the code generation zod would otherwise try. */
import { z } from 'zod'

z.config({ jitless: true })
