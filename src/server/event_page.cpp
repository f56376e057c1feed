#include "server/event_page.hpp"

#include <algorithm>

#include "base/json_writer.hpp"
#include "server/limits.hpp"

namespace tickstock {

using Status = EventArchive::Found::Status;

EventPage::EventPage(Fanout& fanout, std::shared_ptr<const Filter> filter, Request request)
    : fanout_(fanout),
      filter_(std::move(filter)),
      request_(std::move(request)),
      epoch_(fanout.head().epoch),
      end_(fanout.head().last) {
    if (request_.until) {
        end_ = request_.until->epoch == epoch_ ? std::min(end_, request_.until->offset) : Offset{};
    }
    if (request_.since) {
        begin_after(*request_.since);
    }
}

/// Where reading after `since` begins; notes what is missing before it.
void EventPage::begin_after(const Position& since) {
    const Offset oldest{fanout_.oldest().value() - 1};
    last_ = since.offset;
    if (since.epoch != epoch_) {
        reason_ = "epoch_changed";
        last_ = oldest;
    } else if (since.offset > fanout_.head().last) {
        reason_ = "ahead";
        last_ = fanout_.head().last;
    } else if (since.offset < oldest) {
        reason_ = "evicted";
        gap_ = {Offset{since.offset.value() + 1}, oldest};
        last_ = oldest;
    }
}

bool EventPage::read() {
    if (request_.since) {
        return read_on();
    }
    read_newest();
    return true;
}

/// The newest accepted events in memory, read backwards.
void EventPage::read_newest() {
    last_ = end_;
    const Offset first = fanout_.head().first;
    for (Offset at = end_; at >= first && at > Offset{} && runs_.size() < request_.limit;) {
        const auto found = fanout_.block_at(epoch_, at);
        if (found.block == nullptr) {
            break;
        }
        for (auto i = found.block->index_of(at) + 1; i > 0 && runs_.size() < request_.limit; --i) {
            if (filter_->accepts(found.block->entries[i - 1])) {
                runs_.push_back({found.block, i - 1, i});
            }
        }
        at = Offset{found.block->entries.front().offset.value() - 1};
    }
    std::ranges::reverse(runs_);
}

bool EventPage::read_on() {
    while (last_ < end_ && runs_.size() < request_.limit && looked_at_ < limits::entries_per_page) {
        const Offset next{last_.value() + 1};
        const auto found = fanout_.block_at(epoch_, next);
        if (found.status == Status::Coming) {
            return false;
        }
        if (found.status == Status::Unreadable && !gap_) {
            gap_ = {next, std::min(found.through, Offset{fanout_.head().first.value() - 1})};
            reason_ = "unreadable";
            last_ = gap_->second;
            continue;
        }
        if (found.block == nullptr) {
            break;  // gone meanwhile: the next page will say so
        }
        auto i = found.block->index_of(next);
        for (; i < found.block->entries.size() && last_ < end_ && runs_.size() < request_.limit;
             ++i) {
            last_ = found.block->entries[i].offset;
            ++looked_at_;
            if (filter_->accepts(found.block->entries[i])) {
                runs_.push_back({found.block, i, i + 1});
            }
        }
    }
    return true;
}

std::string EventPage::json() const {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("epoch").string(epoch_);
    json.key("last").number(last_.value());
    json.key("next").string(to_string(Position{epoch_, last_}));
    json.key("recovered").boolean(request_.since && reason_.empty());
    json.key("gap");
    if (reason_.empty()) {
        json.null();
    } else {
        json.begin_object().key("reason").string(reason_).key("from");
        gap_ ? json.number(gap_->first.value()) : json.null();
        json.key("to");
        gap_ ? json.number(gap_->second.value()) : json.null();
        json.end_object();
    }
    json.key("events").begin_array();
    for (const EventRun& run : runs_) {
        json.raw(run.block->wire(run.begin));
    }
    json.end_array().end_object();
    return text;
}

SymbolPage::SymbolPage(Fanout& fanout, std::string_view symbol) : fanout_(fanout), symbol_(symbol) {
    if (!SymbolText::is_valid(symbol)) {
        return;
    }
    EventStream::Snapshot snapshot = fanout.latest_of(SymbolText(symbol));
    range_ = std::move(snapshot.range);
    for (const auto& [block, index] : snapshot.events) {
        newer_.emplace_back(block->entries[index].type, block->wire(index));
    }
    missing_ = std::move(snapshot.evicted);
    std::ranges::reverse(missing_);  // taken from the end
}

bool SymbolPage::read() {
    while (!missing_.empty()) {
        const auto& latest = missing_.back();
        const auto found = fanout_.block_at(range_.epoch, latest.offset);
        if (found.status == Status::Coming) {
            return false;
        }
        if (found.block != nullptr) {  // else it is not kept any more
            events_.emplace_back(latest.type,
                                 found.block->wire(found.block->index_of(latest.offset)));
        }
        missing_.pop_back();
    }
    std::ranges::move(newer_, std::back_inserter(events_));
    newer_.clear();
    return true;
}

std::string SymbolPage::json() const {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("symbol").string(symbol_);
    json.key("epoch").string(range_.epoch);
    json.key("offset").number(range_.last.value());
    json.key("latest").begin_object();
    for (const auto& [type, event] : events_) {
        json.key(to_string(type)).raw(event);
    }
    json.end_object().end_object();
    return text;
}

}  // namespace tickstock
