// What clients do when, and what the swarm is asked and tells.

#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/json_writer.hpp"
#include "clocks.hpp"
#include "swarm.hpp"

namespace tickstock::fanout {
namespace {

void latency(JsonWriter& json, std::string_view name, const Histogram& histogram) {
    json.key(name).begin_object().key("count").number(histogram.count());
    for (const auto& [word, q] :
         {std::pair{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}}) {
        json.key(word).number(histogram.quantile(q));
    }
    json.key("max").number(histogram.max()).end_object();
}

}  // namespace

void Swarm::schedule(double seconds, std::size_t number, Task task) {
    // Connect and the stalls belong to the client, the others to its connection.
    const bool is_of_connection = task == Task::Churn || task == Task::ReadOn;
    due_.push({monotonic_ns() + static_cast<std::int64_t>(seconds * 1e9), number,
               is_of_connection ? peers_[number].generation : 0, task});
}

void Swarm::run_due() {
    // So many at a time, so that a storm of connections leaves time for those that are there.
    for (int i = 0; i < 256 && !due_.empty() && due_.top().at <= monotonic_ns(); ++i) {
        const Due due = due_.top();
        due_.pop();
        carry_out(due);
    }
}

void Swarm::carry_out(const Due& due) {
    Peer& peer = peers_[due.peer];
    const bool is_void = due.generation != 0 && (due.generation != peer.generation || peer.fd < 0);
    if (is_void) {
        return;
    }
    const Wish& wish = peer.client->wish();
    switch (due.task) {
        case Task::Connect: connect(due.peer); break;
        case Task::Churn:
            if (!peer.is_done && !peer.is_stalled) {
                end(due.peer, Why::Churn);
            }
            break;
        case Task::Stall:
            if (peer.fd < 0 || !peer.client->is_subscribed()) {
                schedule(0.2, due.peer, Task::Stall);
                break;
            }
            peer.is_stalled = peer.has_stalled = true;
            watch(peer, due.peer, false);
            if (wish.stall_for_seconds > 0) {
                schedule(wish.stall_for_seconds, due.peer, Task::Unstall);
            }
            break;
        case Task::Unstall:
            if (peer.is_stalled && peer.fd >= 0) {
                peer.is_stalled = false;
                watch(peer, due.peer, true);
            }
            break;
        case Task::ReadOn:
            peer.allowance = static_cast<std::int64_t>(wish.bytes_per_second / 20);
            watch(peer, due.peer, !peer.is_stalled);
            break;
    }
}

bool Swarm::on_command() {
    char bytes[4096];
    const ssize_t got = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (got <= 0) {
        return got < 0 && errno == EINTR;
    }
    commands_.append(bytes, static_cast<std::size_t>(got));
    for (auto end = commands_.find('\n'); end != std::string::npos; end = commands_.find('\n')) {
        obey(commands_.substr(0, end));
        commands_.erase(0, end + 1);
    }
    return !quits_;
}

void Swarm::obey(const std::string& line) {
    if (line == "quit") {
        for (const Peer& peer : peers_) {
            peer.client->compare();
        }
        quits_ = true;
    }
    std::puts(report(line).c_str());
    std::fflush(stdout);
    marked_at_ = monotonic_ns();
    for (auto& [name, group] : groups_) {
        group->tally = Tally{};
        group->connect = Histogram{};
    }
}

std::string Swarm::report(const std::string& name) {
    std::string text;
    JsonWriter json(text);
    const double seconds = static_cast<double>(monotonic_ns() - marked_at_) / 1e9;
    json.begin_object().key("mark").string(name).key("seconds").number(seconds);
    json.key("open").number(open_).key("groups").begin_object();
    for (const auto& [word, group] : groups_) {
        json.key(word).raw(report_group(*group, seconds));
    }
    json.end_object().end_object();
    return text;
}

std::string Swarm::report_group(Group& group, double seconds) {
    ClientRecord sum;
    std::uint64_t done = 0;
    std::uint64_t lowest = ~std::uint64_t{0};
    for (const Peer& peer : peers_) {
        if (peer.group != &group) {
            continue;
        }
        const ClientRecord& one = peer.client->record();
        done += peer.is_done ? 1U : 0U;
        lowest = std::min(lowest, peer.client->position());
        for (const auto count :
             {&ClientRecord::events, &ClientRecord::connects, &ClientRecord::holes,
              &ClientRecord::disorder, &ClientRecord::wrong_bodies, &ClientRecord::broken,
              &ClientRecord::errors, &ClientRecord::gaps, &ClientRecord::unrecovered,
              &ClientRecord::missing, &ClientRecord::surplus}) {
            sum.*count += one.*count;
        }
        if (sum.first_fault.empty()) {
            sum.first_fault = one.first_fault;
        }
    }
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("clients").number(group.size).key("done").number(done);
    json.key("lowest_position").number(lowest);
    json.key("events").number(group.tally.events).key("messages").number(group.tally.messages);
    json.key("bytes").number(group.tally.bytes);
    json.key("events_per_second").number(static_cast<double>(group.tally.events) / seconds);
    json.key("bytes_per_second").number(static_cast<double>(group.tally.bytes) / seconds);
    latency(json, "latency_ns", group.tally.latency);
    latency(json, "connect_ns", group.connect);
    json.key("total_events").number(sum.events).key("connects").number(sum.connects);
    json.key("ends").begin_object();
    for (const auto& [why, times] : group.ends) {
        json.key(why).number(times);
    }
    json.end_object().key("faults").begin_object();
    json.key("holes").number(sum.holes).key("disorder").number(sum.disorder);
    json.key("wrong_bodies").number(sum.wrong_bodies).key("broken").number(sum.broken);
    json.key("errors").number(sum.errors).key("gaps").number(sum.gaps);
    json.key("unrecovered").number(sum.unrecovered);
    json.key("missing").number(sum.missing).key("surplus").number(sum.surplus);
    json.key("first").string(sum.first_fault).end_object().end_object();
    return text;
}

}  // namespace tickstock::fanout
