"""The PPP link inside a PPTP call: LCP, CHAP, CCP and IPCP, without I/O."""
