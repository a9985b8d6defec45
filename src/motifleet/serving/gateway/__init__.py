"""The gateway: a process of its own between callers and replicas.

``site`` holds the routes, ``desk`` brings a request to a deployment's ``pool``, which asks the
replicas over ``link`` s in batches; ``journal`` commits each group of answers to the prediction log
before they leave; ``control`` hears from the supervisor what there is (``routing``).
"""
