/** Why commands may not be run now; undefined: they may. */
import {
  isOwner,
  type Refusal,
  whyNotAct,
  whyNotByHand,
  whyNotFindFocus,
  whyNotOperate,
} from '../stores/permission.ts'
import type { CommandStores } from './command.ts'

/** Of what only the operator may do. */
export const operates = ({ engine }: CommandStores): Refusal | undefined => whyNotOperate(engine.getState())

/** Of what a plan that is under way sets itself. */
export const byHand = ({ engine }: CommandStores): Refusal | undefined => whyNotByHand(engine.getState())

/** Of the search for the focus, and its end. */
export const findsFocus = ({ engine }: CommandStores): Refusal | undefined =>
  whyNotFindFocus(engine.getState())

/** Of what is not for those who only watch. */
export const acts = ({ engine }: CommandStores): Refusal | undefined => whyNotAct(engine.getState())

const forOwners: Refusal = { reason: 'Only whoever sits at the microscope shares it.', askable: false }

/** Of what only the owner may do. */
export const owns = ({ engine }: CommandStores): Refusal | undefined =>
  isOwner(engine.getState()) ? undefined : forOwners
