#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace tickstock {

/// Signal that asks a thread for its stack. Its handler stays for the life of the process and does
/// nothing when nobody asked.
int thread_stack_signal();

/// Makes thread_stack() possible: loads what a signal handler may not load, installs the handler.
/// Any thread, as often as wanted.
void prepare_thread_stacks();

/// Where the thread `thread` (gettid()) of this process stands: a text a frame, innermost first,
/// "function+0x1f tickstock(+0x2b3c4)". The address in brackets is for addr2line. Empty when the
/// thread has ended, or does not answer the signal within half a second, as one does that waits for
/// a disk inside the kernel. For trouble only: the thread is interrupted. Any thread; one
/// asks at a time.
std::vector<std::string> thread_stack(pid_t thread);

}  // namespace tickstock
