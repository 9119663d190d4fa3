import LeewaySteering
import Testing

struct Pending {}
