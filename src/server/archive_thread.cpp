#include "server/archive_thread.hpp"

#include "base/named_thread.hpp"

namespace tickstock {
namespace {

/// What was asked for has to wait while the cache is full of blocks that nobody has fetched yet.
constexpr auto full_pause = std::chrono::milliseconds(20);

}  // namespace

ArchiveThread::ArchiveThread(EventArchive& archive, Watchdog* watchdog) : archive_(archive) {
    archive_.set_wake([this] {
        {
            const std::lock_guard lock(mutex_);
            has_work_ = true;
        }
        wake_.notify_one();
    });
    thread_ = std::thread([this, watchdog] { run(watchdog); });
}

ArchiveThread::~ArchiveThread() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    wake_.notify_one();
    thread_.join();
    archive_.set_wake({});
}

void ArchiveThread::run(Watchdog* watchdog) {
    const NamedThread named("ts-archive");
    WatchedLoop loop(watchdog, "ts-archive", Watchdog::Kind::Disk);
    for (;;) {
        loop.beat();
        const bool has_read = archive_.step();
        std::unique_lock lock(mutex_);
        if (ends_) {
            return;
        }
        if (has_read) {
            continue;
        }
        loop.park();
        const auto is_wanted = [this] { return has_work_ || ends_; };
        if (archive_.counts().waiting > 0) {
            wake_.wait_for(lock, full_pause, is_wanted);
        } else {
            wake_.wait(lock, is_wanted);
        }
        has_work_ = false;
        if (ends_) {
            return;
        }
    }
}

}  // namespace tickstock
