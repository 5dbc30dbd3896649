// What Pay is told about prices: who knows the tax, and where surcharges are capped (contract 6.4 and 6.5).
import { readFileSync } from 'node:fs';
import { type SurchargeRule, surchargeRules } from '@ozura/core/surcharge';
import { Intake } from '@ozura/core/validation';
import type { EnvReader } from '@ozura/kit/env';

export interface PricingSettings {
  readonly taxProviderUrl?: string;
  readonly surchargeRules?: readonly SurchargeRule[];
}

export function readPricing(env: EnvReader): PricingSettings {
  const [taxProviderUrl, rulesFile] = [env.text('TAX_PROVIDER_URL', ''), env.text('SURCHARGE_RULES', '')];
  if (taxProviderUrl !== '' && !(URL.canParse(taxProviderUrl) && /^https?:/.test(taxProviderUrl))) {
    env.refuse('TAX_PROVIDER_URL', 'must be an http or https URL');
  }
  return {
    ...(taxProviderUrl === '' ? {} : { taxProviderUrl }),
    ...(rulesFile === '' ? {} : { surchargeRules: readRules(env, rulesFile) }),
  };
}

function readRules(env: EnvReader, file: string): readonly SurchargeRule[] {
  const intake = new Intake();
  try {
    const rules = surchargeRules(JSON.parse(readFileSync(file, 'utf8')), 'rules', intake);
    for (const failure of intake.failures) env.refuse('SURCHARGE_RULES', `${file}: ${failure}`);
    return rules ?? [];
  } catch {
    env.refuse('SURCHARGE_RULES', `${file} cannot be read as JSON`);
    return [];
  }
}
