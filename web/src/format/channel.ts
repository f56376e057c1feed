import type { ChannelStatus } from '../stream/status';
import { compact } from './number';

/** A channel in words. */

const names: Record<string, string> = { tick: 'Tick', ohlcv: 'Bars', fmv: 'Fair value' };

export const channelName = (channel: string): string => names[channel] ?? channel;

export function levelOf(channel: ChannelStatus): 'good' | 'wait' | 'bad' {
  if (!channel.healthy || channel.status === 'error') {
    return 'bad';
  }
  return channel.status === 'active' ? 'good' : 'wait';
}

/** What a person can do; nothing about a channel that starts or is not enabled. */
export function switchOf(channel: ChannelStatus): 'pause' | 'resume' | null {
  if (channel.status === 'active') {
    return 'pause';
  }
  return channel.status === 'paused' || channel.status === 'error' ? 'resume' : null;
}

/** "paused, unhealthy, 120 wait" */
export function channelWords(channel: ChannelStatus): string {
  const unhealthy = channel.healthy ? '' : ', unhealthy';
  const waiting = channel.parked > 0 ? `, ${compact(channel.parked)} wait` : '';
  return `${channel.failed ? 'failed' : channel.status}${unhealthy}${waiting}`;
}

/** Why it is not as it should be, a line each; '' while all is well. */
export function whyOf(channel: ChannelStatus): string {
  const circuit = channel.circuit === 'closed' ? [] : [`circuit ${channel.circuit}`];
  const reason = channel.status === 'active' ? '' : channel.statusReason;
  return [reason, ...channel.whyUnhealthy, ...circuit].filter(Boolean).join('\n');
}
