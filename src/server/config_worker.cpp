#include "server/config_worker.hpp"

#include <utility>

#include "base/named_thread.hpp"
#include "server/codes.hpp"

namespace tickstock {
ConfigWorker::ConfigWorker(Parts parts)
    : places_(std::move(parts.places)),
      config_(std::move(parts.config)),
      condition_table_(condition_table_text(config_)),
      commands_(parts.commands),
      clock_(parts.clock),
      observers_(std::move(parts.observers)),
      check_(std::move(parts.check)) {
    if (!places_.directory.empty()) {
        places_.known_files = files_there(places_);
    }
    counts_.hash = config_hash(config_);
    counts_.changed = clock_.wall();
}

ConfigWorker::~ConfigWorker() {
    stop();
}

void ConfigWorker::start() {
    thread_ = std::thread([this] { run(); });
}

void ConfigWorker::stop() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
    for (Request& request : std::exchange(requests_, {})) {
        request.done(config_error(ErrorCode::NotReady, "the server stops"));
    }
}

bool ConfigWorker::show(Done done) {
    return ask({Request::Kind::Show, {}, {}, std::move(done)});
}

bool ConfigWorker::change(std::string body, std::string by, Done done) {
    return ask({Request::Kind::Change, std::move(body), std::move(by), std::move(done)});
}

bool ConfigWorker::reload(std::string by, Done done) {
    return ask({Request::Kind::Reload, {}, std::move(by), std::move(done)});
}

bool ConfigWorker::ask(Request request) {
    {
        const std::lock_guard lock(mutex_);
        if (ends_ || requests_.size() >= queue_limit) {
            return false;
        }
        requests_.push_back(std::move(request));
    }
    wake_.notify_all();
    return true;
}

ConfigDesk::Counts ConfigWorker::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

void ConfigWorker::count(std::uint64_t Counts::*result) {
    const std::lock_guard lock(mutex_);
    ++(counts_.*result);
}

void ConfigWorker::run() {
    const NamedThread named("ts-config");
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return ends_ || !requests_.empty(); });
        if (ends_) {
            return;
        }
        const Request request = std::move(requests_.front());
        requests_.pop_front();
        lock.unlock();
        request.done(answer(request));
        lock.lock();
    }
}

ConfigDesk::Answer ConfigWorker::answer(const Request& request) {
    switch (request.kind) {
        case Request::Kind::Show: return settings_answer(config_, counts().changed);
        case Request::Kind::Change: return do_change(request.body, request.by);
        case Request::Kind::Reload: return do_reload(request.by);
    }
    TS_ASSERT(false);
}

}  // namespace tickstock
