#include "server/process_metrics.hpp"

#include <array>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

#include "metrics/names.hpp"
#include "server/process_stats.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;

void single(MetricsWriter& out, const MetricFamily& family, auto value) {
    out.family(family);
    out.sample({}, value);
}

/// Of the files right in `directory`; a file that goes meanwhile counts nothing.
std::uint64_t bytes_of_files(const fs::path& directory) {
    std::uint64_t bytes = 0;
    std::error_code error;
    for (fs::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error)) {
        std::error_code gone;
        if (at->is_regular_file(gone)) {
            const std::uintmax_t size = at->file_size(gone);
            bytes += gone ? 0 : size;
        }
    }
    return bytes;
}

std::map<std::string, std::uint64_t> bytes_by_folder(const fs::path& directory) {
    std::map<std::string, std::uint64_t> folders{{"files", bytes_of_files(directory)}};
    for (const char* name : {"journal", "snapshots", "stream"}) {
        folders[name] = bytes_of_files(directory / name);
    }
    std::uint64_t& spill = folders["spill"];  // a folder a channel and shard, as many as need it
    std::error_code error;
    for (fs::directory_iterator at(directory / "spill", error), end; !error && at != end;
         at.increment(error)) {
        spill += bytes_of_files(at->path());
    }
    spill += bytes_of_files(directory / "spill");
    return folders;
}

}  // namespace

void write_process_metrics(MetricsWriter& out) {
    const ProcessStats process = read_process_stats();
    single(out, metric::process_memory, process.resident_bytes);
    single(out, metric::process_memory_peak, process.resident_peak_bytes);
    single(out, metric::process_virtual_memory, process.virtual_bytes);
    single(out, metric::process_cpu, process.cpu_seconds);
    single(out, metric::process_start, process.start_time_seconds);
    single(out, metric::process_open_fds, process.open_fds);
    single(out, metric::process_max_fds, process.max_fds);
    single(out, metric::process_threads, process.threads);
    out.family(metric::process_switches);
    out.sample({{"type", "voluntary"}}, process.voluntary_switches);
    out.sample({{"type", "nonvoluntary"}}, process.nonvoluntary_switches);
    out.family(metric::process_faults);
    out.sample({{"type", "major"}}, process.major_faults);
    out.sample({{"type", "minor"}}, process.minor_faults);
}

void write_data_metrics(MetricsWriter& out, const JournalSummary& journal) {
    if (journal.directory.empty()) {
        return;
    }
    const fs::path directory = fs::path(journal.directory).parent_path();
    out.family(metric::data_bytes);
    for (const auto& [folder, bytes] : bytes_by_folder(directory)) {
        out.sample({{"folder", folder}}, bytes);
    }
    std::error_code error;
    const fs::space_info space = fs::space(directory, error);
    if (!error) {
        single(out, metric::data_free, std::uint64_t{space.available});
    }
}

void write_thread_metrics(MetricsWriter& out, const Watchdog* watchdog) {
    if (watchdog == nullptr) {
        return;
    }
    const auto stalls = watchdog->stalls();
    out.family(metric::thread_stalls);
    for (const Watchdog::Stalls& one : stalls) {
        out.sample({{"thread", one.thread}}, one.count);
    }
    out.family(metric::thread_stalled);
    for (const Watchdog::Stalls& one : stalls) {
        out.sample({{"thread", one.thread}}, std::uint64_t{one.now ? 1U : 0U});
    }
}

void write_alert_metrics(MetricsWriter& out, const AlertBoard* alerts) {
    if (alerts == nullptr) {
        return;
    }
    static constexpr std::array severities{"info", "warning", "error", "critical"};
    const auto report = alerts->report();
    // Two that are alike would be one sample told twice.
    std::set<std::array<std::string_view, 3>> active;
    for (const Alert& alert : report->active) {
        active.insert(
            {alert.type, severities.at(static_cast<std::size_t>(alert.severity)), alert.channel});
    }
    out.family(metric::alert_active);
    for (const auto& labels : active) {
        out.sample({{"type", labels[0]}, {"severity", labels[1]}, {"channel", labels[2]}},
                   std::uint64_t{1});
    }
    single(out, metric::alerts_raised, report->raised);
    single(out, metric::alerts_suppressed, report->suppressed);
    out.family(metric::webhook_messages);
    out.sample({{"result", "sent"}}, report->webhook_sent);
    out.sample({{"result", "failed"}}, report->webhook_failed);
    out.sample({{"result", "dropped"}}, report->webhook_dropped);
    single(out, metric::webhook_waiting, report->webhook_waiting);
}

}  // namespace tickstock
