#include "cli/monitor_service.hpp"

#include <algorithm>
#include <utility>

#include "auth/secret.hpp"
#include "base/named_thread.hpp"
#include "metrics/log.hpp"
#include "monitoring/alert_log.hpp"
#include "server/process_stats.hpp"

namespace tickstock {
namespace {

constexpr const char* secret_setting = "monitoring.webhook_secret_file";

/// Null: none is set.
Result<std::shared_ptr<const Secret>> read_webhook_secret(const MonitoringSettings& settings) {
    std::shared_ptr<const Secret> secret;
    if (!settings.webhook_secret_file.empty()) {
        auto read = read_secret_file(settings.webhook_secret_file, process_environment());
        if (!read) {
            return Error{std::string(secret_setting) + " = " + read.error().message};
        }
        secret = std::make_shared<const Secret>(std::move(*read));
    }
    return secret;
}

std::uint64_t errors_among(const std::vector<Alert>& alerts) {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        alerts, [](const Alert& alert) { return alert.severity >= AlertSeverity::Error; }));
}

}  // namespace

MonitorService::MonitorService(const Config& config, Parts parts)
    : parts_(std::move(parts)),
      settings_(config.monitoring),
      monitor_(config.monitoring, config.alert_rules),
      webhooks_(parts_.clock, static_cast<std::uint64_t>(to_ns(parts_.clock.wall()))) {
    board_.publish(std::make_shared<const AlertReport>(monitor_.report()));
}

std::optional<ConfigProblem> MonitorService::check(const Config& config) {
    const auto secret = read_webhook_secret(config.monitoring);
    if (secret) {
        return std::nullopt;
    }
    const auto origin = config.origins.find(secret_setting);
    ConfigProblem problem;
    problem.place = origin == config.origins.end() ? "default" : origin->second;
    problem.name = secret_setting;
    problem.value = config.monitoring.webhook_secret_file;
    problem.message = problem.place + ": " + secret.error().message;
    return problem;
}

Result<std::unique_ptr<MonitorService>> MonitorService::create(const Config& config, Parts parts) {
    std::unique_ptr<MonitorService> service(new MonitorService(config, std::move(parts)));
    if (const auto made = service->set_webhooks(config.monitoring); !made) {
        return made.error();
    }
    return service;
}

MonitorService::~MonitorService() {
    stop();
}

Result<bool> MonitorService::set_webhooks(const MonitoringSettings& settings) {
    auto secret = read_webhook_secret(settings);
    if (!secret) {
        return secret.error();
    }
    return webhooks_.configure(settings, std::move(*secret));
}

void MonitorService::set_settings(const Config& config) {
    const std::lock_guard lock(mutex_);
    next_ = Settings{config.monitoring, config.alert_rules};
    changed_.notify_all();
}

void MonitorService::take_settings() {
    std::optional<Settings> next;
    {
        const std::lock_guard lock(mutex_);
        next = std::exchange(next_, std::nullopt);
    }
    if (!next) {
        return;
    }
    monitor_.configure(next->monitoring, next->rules);
    settings_ = next->monitoring;
    if (const auto made = set_webhooks(settings_); !made) {
        log_error("monitoring", "the webhooks stay as they were: {}", made.error().message);
    }
}

void MonitorService::look() {
    take_settings();
    SystemReadings::Input input;
    input.status = parts_.status();
    input.process = read_process_stats();
    if (parts_.watchdog != nullptr) {
        input.stalls = parts_.watchdog->stalls();
    }
    if (parts_.history != nullptr) {
        input.history = parts_.history->status();
    }
    input.now = parts_.clock.monotonic();
    input.window = settings_.window;
    const UnixNanos wall = parts_.clock.wall();
    for (const AlertNotice& notice : monitor_.look(readings_.look(input), wall, input.now)) {
        if (settings_.log) {
            log_alert(notice);
        }
        webhooks_.tell(notice, wall);
    }
    auto report = std::make_shared<AlertReport>(monitor_.report());
    const Webhook::Counts webhooks = webhooks_.counts();
    report->webhook_sent = webhooks.sent;
    report->webhook_failed = webhooks.failed;
    report->webhook_dropped = webhooks.dropped;
    report->webhook_waiting = webhooks.waiting;
    if (parts_.tell_error_alerts) {
        parts_.tell_error_alerts(errors_among(report->active));
    }
    board_.publish(std::move(report));
}

void MonitorService::restore(std::vector<Alert> resolved) {
    monitor_.restore(std::move(resolved));
    board_.publish(std::make_shared<const AlertReport>(monitor_.report()));
}

void MonitorService::start() {
    thread_ = std::thread([this] { run(); });
}

void MonitorService::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) {
        thread_.join();  // no look after the engine's end: what stands is not resolved by it
    }
    webhooks_.stop();
}

void MonitorService::run() {
    const NamedThread name("ts-monitor");
    // A look waits for /proc and for webhooks that are taken away.
    WatchedLoop loop(parts_.watchdog, "ts-monitor", Watchdog::Kind::Disk);
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        lock.unlock();
        loop.beat();
        look();
        loop.park();
        lock.lock();
        changed_.wait_for(lock, settings_.interval,
                          [this] { return is_stopping_ || next_.has_value(); });
    }
}

}  // namespace tickstock
