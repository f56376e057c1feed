#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/watchdog.hpp"
#include "publishing/event_archive.hpp"

namespace tickstock {

/// Reads for an EventArchive ("ts-archive"): parked until something is asked for. Ends with its
/// destructor, which waits for the read at hand.
class ArchiveThread {
public:
    /// Takes the archive's wake. `archive` and `watchdog` (null = none) outlive this.
    ArchiveThread(EventArchive& archive, Watchdog* watchdog);
    ~ArchiveThread();
    ArchiveThread(const ArchiveThread&) = delete;
    ArchiveThread& operator=(const ArchiveThread&) = delete;

private:
    void run(Watchdog* watchdog);

    EventArchive& archive_;
    std::mutex mutex_;  // for the two below
    std::condition_variable wake_;
    bool has_work_ = false;
    bool ends_ = false;
    std::thread thread_;
};

}  // namespace tickstock
