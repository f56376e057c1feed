#include "sources/files/merge.hpp"

#include <algorithm>
#include <utility>

namespace tickstock {

void RunHeap::push(UnixNanos head, std::uint32_t run) {
    heap_.push_back({head, run});
    for (std::size_t at = heap_.size() - 1; at > 0;) {
        const std::size_t parent = (at - 1) / 2;
        if (!heap_[at].before(heap_[parent])) {
            break;
        }
        std::swap(heap_[at], heap_[parent]);
        at = parent;
    }
}

void RunHeap::replace_top(UnixNanos head) {
    heap_.front().time = head;
    sift_down();
}

void RunHeap::pop() {
    heap_.front() = heap_.back();
    heap_.pop_back();
    sift_down();
}

void RunHeap::sift_down() {
    for (std::size_t at = 0;;) {
        std::size_t least = at;
        for (std::size_t child = 2 * at + 1; child <= 2 * at + 2 && child < heap_.size(); ++child) {
            if (heap_[child].before(heap_[least])) {
                least = child;
            }
        }
        if (least == at) {
            return;
        }
        std::swap(heap_[at], heap_[least]);
        at = least;
    }
}

}  // namespace tickstock
