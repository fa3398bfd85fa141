/**
 * Set phrases by which content speaks to the assistant that reads it: pages, mails, results of tools. Users may say most
 * of this, so it is read in content alone; weights under 0.5 only add to what the heads hear.
 */
import type { Idiom } from './phrases.ts';

function inContent(name: string, weight: number, reason: string, cues: string, pattern: RegExp): Idiom {
  return {
    rule: `content.${name}`,
    type: 'indirect',
    weight,
    reason,
    cues: cues.split(' '),
    pattern,
    inContent: true,
  };
}

const READER =
  'ai llm llms gpt chatgpt claude gemini copilot assistant assistants agent agents model models chatbot bot';

export const CONTENT_IDIOMS: readonly Idiom[] = [
  inContent(
    'message',
    0.8,
    'brings a message of the user to the assistant',
    'message note request notice',
    /\b(?:message|note|request|notice|word) from (?:me|your (?:user|owner|operator|principal|developer|creator)|the (?:user|account (?:owner|holder)|person you (?:work|act) for))\b[^.\n]{0,60}\b(?:to|for) (?:you|the (?:ai|assistant|agent|model)|my assistant)\b/i,
  ),
  inContent(
    'addressed',
    0.6,
    'speaks to the assistant that reads it',
    READER,
    /\b(?:note|message|instructions?|attention|important|notice|dear|hey|hello|urgent|reminder)\b[^.\n:]{0,24}\b(?:ai|llm|gpt|chatgpt|claude|gemini|copilot|assistant|agent|language model|model|chatbot|bot|automated (?:reader|system))s?\b(?: (?:assistant|agent|model|agents|systems?|tools?|readers?|(?:reading|processing|parsing|summari[sz]ing|that reads|who reads) [a-z ]{2,24}))?[:,!-] ?[^.\n]{0,60}\b(?:must|please|shall|need to|have to|ignore|disregard|send|forward|transfer|delete|call|invoke|visit|include|append|insert|reveal|do not|don't|never|tell|say|reply|output|print|execute|run|click|email|save|remember|recommend|your (?:real|new|next|actual|only))\b/i,
  ),
  inContent(
    'reading',
    0.6,
    'speaks to the assistant that reads it',
    READER,
    /\b(?:ai|llm|gpt|chatgpt|assistant|agent|language model|chatbot|bot|model)s? (?:assistants? |agents? |models? )?(?:reading|processing|parsing|summari[sz]ing|indexing|crawling) (?:this|the)\b[^.\n]{0,30}[:,-] ?/i,
  ),
  inContent(
    'if-you-are',
    0.55,
    'speaks to language models',
    READER,
    /\bif you(?:'re| are) (?:an? )?(?:(?:large )?language model|ai (?:assistant|agent|model|system|crawler|bot)|llm|automated (?:agent|assistant|system)|chatbot|ai)(?=[,.:; ](?! ?(?:researcher|engineer|developer|user|student|expert|company|startup|team|provider|vendor|enthusiast|practitioner)))/i,
  ),
  inContent(
    'against-user',
    0.6,
    'turns the assistant from its user',
    'ignore disregard forget instead',
    /\b(?:ignore|disregard|forget|do not (?:answer|do|finish|follow)) (?:what )?(?:the|your) user(?:'s)?\b(?! ?(?:agent|input|name|id|setting|preference|config|interface|account|data|defined|-))/i,
  ),
  inContent(
    'secrecy',
    0.4,
    'is to be kept from the user',
    'user mention tell inform reveal notify alert silently secretly',
    /\b(?:do not|don't|never|without) (?:mention|tell|inform|reveal|show|disclose|alert|notify|ask)(?:ing)?\b[^.\n]{0,40}\bthe user\b|\b(?:silently|secretly) (?:send|forward|call|transfer|upload|email|add|append|run|delete)\b/i,
  ),
  inContent(
    'user-wants',
    0.45,
    'claims a wish of the user',
    'user owner',
    /\b(?:the|your) (?:user|owner|principal|account holder) (?:also |has |have |already )*(?:wants?|asked|asks|needs?|authori[sz]ed|authori[sz]es|instructed|requested|told|would like|agreed|confirmed)\b[^.\n]{0,24}\b(?:you|the (?:assistant|agent)) (?:to|should|must|can|may)\b/i,
  ),
  inContent(
    'before',
    0.3,
    'sets a task before the task',
    'before continue proceed task',
    /\b(?:before (?:you (?:can )?(?:answer|respond|reply|continue|proceed|solve|summari[sz]e)|answering|responding|replying|summari[sz]ing)|(?:to|in order to) (?:complete|finish|solve|continue) (?:the|this|your|my) (?:original )?(?:task|request))\b[^.\n]{0,60}\b(?:please|first|must|need to|have to|call|send|make sure)\b/i,
  ),
];
