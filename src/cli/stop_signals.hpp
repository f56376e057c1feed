#pragma once

#include <signal.h>

#include <functional>

namespace tickstock {

/// Blocks SIGINT, SIGTERM and SIGHUP in this thread and all it will start; wait() then takes them.
class StopSignals {
public:
    StopSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGINT);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGHUP);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        signal(SIGPIPE, SIG_IGN);
    }
    /// Until one that ends the program; calls `reload` at each SIGHUP.
    int wait(const std::function<void()>& reload) {
        int number = 0;
        while (sigwait(&set_, &number) != 0 || number == SIGHUP) {
            reload();
        }
        return number;
    }

private:
    sigset_t set_{};
};

}  // namespace tickstock
